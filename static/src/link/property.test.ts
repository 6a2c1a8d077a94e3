import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Channel } from "../wire/tables.gen";
import { Network } from "./testing";
import { Console, Tab } from "./testing.people";

/**
 * The link's promise: whatever becomes of the paths, frames arrive once and in
 * order, pictures can be shown from their keyframes on, and when the network is
 * well again everybody has everything. The order of pictures is checked by the
 * people themselves, who throw.
 */

const errors: unknown[] = [];

beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  vi.stubGlobal("CompressionStream", undefined);
  vi.stubGlobal("reportError", (error: unknown) => errors.push(error));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

class World {
  readonly net = new Network();
  tab: Tab;
  agent: Console;
  second: Console | null = null;
  private lines = 0;

  constructor() {
    for (const [name, value] of Object.entries(this.net.globals())) vi.stubGlobal(name, value);
    this.tab = new Tab("t", 3000);
    this.agent = new Console("c");
  }

  say(who: "tab" | "agent"): void {
    this[who].say(`${who} ${++this.lines}`);
  }

  reloadTab(): void {
    this.tab.link.close();
    this.tab = new Tab("t", 3000);
    this.tab.text = `page ${++this.lines}: `;
  }

  reloadAgent(): void {
    this.agent.link.close();
    this.agent = new Console("c");
  }

  invite(): void {
    if (this.second) {
      this.second.link.close();
      this.second = null;
    } else this.second = new Console("c2");
  }

  heal(): void {
    this.net.up = true;
    this.net.latency = 5;
    this.net.bytesPerMs = 10_000;
    this.net.directAllowed = true;
  }

  close(): void {
    for (const person of [this.tab, this.agent, this.second]) person?.link.close();
  }

  get people(): (Tab | Console)[] {
    return [this.tab, this.agent, this.second].filter((person) => person !== null);
  }
}

type Action = [name: string, act: (world: World) => void | Promise<unknown>];

const act = (name: string, run: Action[1]): fc.Arbitrary<Action> => fc.constant<Action>([name, run]);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

const everyday: fc.WeightedArbitrary<Action>[] = [
  {
    weight: 8,
    arbitrary: fc
      .string({ minLength: 1, maxLength: 4 })
      .map((letters) => [`type ${letters}`, ({ tab }) => tab.type(letters)]),
  },
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 400 }).map((ms) => [`pass ${ms}`, () => pass(ms)]) },
  { weight: 3, arbitrary: fc.integer({ min: 400, max: 6000 }).map((ms) => [`pass ${ms}`, () => pass(ms)]) },
  { weight: 3, arbitrary: act("tab says", (world) => world.say("tab")) },
  { weight: 3, arbitrary: act("agent says", (world) => world.say("agent")) },
  { weight: 1, arbitrary: act("large change", ({ tab }) => tab.change(40_000)) },
  {
    weight: 1,
    arbitrary: act("tab types", ({ tab }) => tab.link.publish(Channel.typing, { of: tab.text.length })),
  },
];

const trouble: fc.WeightedArbitrary<Action>[] = [
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(undefined, "offers" as const, "answers" as const)
      .map((end) => [`kill direct ${end}`, ({ net }) => net.killDirect(end)]),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom("tab" as const, "agent" as const),
        fc.constantFrom("drop" as const, "freeze" as const),
      )
      .map(([who, how]) => [
        `${how} ${who}`,
        ({ net, [who]: { link } }) => net.socketOf(link.source)?.[how](),
      ]),
  },
  { weight: 1, arbitrary: act("server restarts", ({ net }) => net.restart()) },
  {
    weight: 2,
    arbitrary: fc.boolean().map((up) => {
      return [`server up ${up}`, ({ net }) => Object.assign(net, { up })];
    }),
  },
  {
    weight: 1,
    arbitrary: fc.boolean().map((allowed) => {
      return [`direct allowed ${allowed}`, ({ net }) => Object.assign(net, { directAllowed: allowed })];
    }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.integer({ min: 0, max: 150 }), fc.constantFrom(20, 200, 10_000)).map((how) => {
      const [latency, bytesPerMs] = how;
      return [`network ${how}`, ({ net }) => Object.assign(net, { latency, bytesPerMs })];
    }),
  },
  { weight: 1, arbitrary: act("tab reloads", (world) => world.reloadTab()) },
  { weight: 1, arbitrary: act("agent reloads", (world) => world.reloadAgent()) },
  { weight: 1, arbitrary: act("second console", (world) => world.invite()) },
  {
    weight: 1,
    arbitrary: act("broken picture", ({ agent, tab }) =>
      agent.link.requestKeyframe(tab.link.source, Channel.dom),
    ),
  },
];

test("everybody gets everything, once and in order", { timeout: 120_000 }, async () => {
  const actions = fc.array(fc.oneof(...everyday, ...trouble), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(actions, (script) => play(script)),
    { numRuns: 150 },
  );
});

async function play(script: Action[]): Promise<void> {
  vi.useFakeTimers();
  errors.length = 0;
  const world = new World();
  try {
    await pass(300);
    for (const [, run] of script) await run(world);
    world.heal();
    await pass(20_000);
    world.tab.type("!");
    await pass(20_000);
    check(world);
  } finally {
    world.close();
    vi.useRealTimers();
  }
}

function check({ tab, agent, second, people, net }: World): void {
  expect(errors).toEqual([]);
  for (const console of [agent, second]) {
    if (console) expect(console.texts.get(tab.link.source)).toBe(tab.text);
  }
  for (const { link, said } of people) {
    const kept = net.room.kept(link.source, Channel.chat);
    const written = kept.map((frame) => (link.codec.json(frame) as { id: string }).id);
    expect(new Set(written).size).toBe(written.length);
    expect(written.slice(written.length - said.length)).toEqual(said);
    // What an earlier page of the same window said directly may not have come to the room before it was gone.
    for (const reader of people) {
      const heard = reader.heard(link.source);
      expect(new Set(heard).size).toBe(heard.length);
      expect(heard.filter((line) => written.includes(line))).toEqual(written);
    }
  }
  if (!second) expect(agent.path(tab.link.source)).toBe("direct");
}
