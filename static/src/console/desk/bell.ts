/** Notes of the ring in hertz, and when each begins in seconds. */
const notes = [
  [659.25, 0],
  [987.77, 0.14],
] as const;
const loudness = 0.07;
const length = 0.7;

/** A soft ring of two notes. Browsers let a page sound only after somebody has used it. */
export class Bell {
  #context: AudioContext | null = null;
  #create: () => AudioContext;

  constructor(create: () => AudioContext) {
    this.#create = create;
  }

  /** To be called from a click or a key press: from then on the bell can sound. */
  unlock(): void {
    try {
      this.#context ??= this.#create();
      void this.#context.resume().catch(() => {});
    } catch {
      // No sound on this machine.
    }
  }

  /** Rings, or stays silent where the browser does not allow it. */
  ring(): void {
    const context = this.#context;
    if (context?.state !== "running") return;
    for (const [frequency, delay] of notes) this.#note(context, frequency, context.currentTime + delay);
  }

  close(): void {
    void this.#context?.close().catch(() => {});
    this.#context = null;
  }

  #note(context: AudioContext, frequency: number, at: number): void {
    const oscillator = new OscillatorNode(context, { type: "sine", frequency });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(loudness, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + length);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(at);
    oscillator.stop(at + length);
  }
}
