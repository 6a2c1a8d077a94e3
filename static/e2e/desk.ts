/** The real program, started for a test on a port and a data folder of its own. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createConnection, createServer as createTCPServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const binary = process.env.BESIDE ?? join(root, "bin/beside");

export interface DeskOptions {
  /** Environment variables over the configuration, as BESIDE_GRACE_CUSTOMER. */
  env?: Record<string, string>;
  /** Sites to add before the start, as arguments of `beside site add`. */
  sites?: string[][];
}

export class Desk {
  readonly data = mkdtempSync(join(tmpdir(), "beside-"));
  base = "";
  private child: ChildProcess | null = null;
  private output = "";

  constructor(private readonly options: DeskOptions = {}) {}

  async start(): Promise<this> {
    for (const site of this.options.sites ?? []) {
      execFileSync(binary, ["site", "add", "--data", this.data, ...site], { cwd: tmpdir() });
    }
    const listen = this.base === "" ? "localhost:0" : new URL(this.base).host;
    const child = spawn(binary, ["demo", "--listen", listen, "--data", this.data], {
      cwd: tmpdir(),
      env: { ...process.env, ...this.options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    this.base = await new Promise<string>((resolve, reject) => {
      const look = (chunk: Buffer) => {
        this.output += chunk.toString();
        const found = /Demo shop\s+(http:\S+)\/demo\/[\s\S]*Stop with/.exec(this.output);
        if (found?.[1]) resolve(found[1]);
      };
      child.stdout.on("data", look);
      child.stderr.on("data", look);
      child.once("exit", (code) => reject(new Error(`beside exited with ${code}: ${this.output}`)));
    });
    return this;
  }

  /** Stops it as an operator does, and returns its exit code. */
  async stop(): Promise<number | null> {
    const { child } = this;
    this.child = null;
    this.output = "";
    if (!child || child.exitCode !== null) return child?.exitCode ?? null;
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    const [code] = await exited;
    return code as number | null;
  }

  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** A counter of /metrics, summed over its labels that match. */
  async metric(name: string, labels = ""): Promise<number> {
    const text = await (await fetch(`${this.base}/metrics`)).text();
    let sum = 0;
    for (const line of text.split("\n")) {
      if (line.startsWith(name) && line.includes(labels)) sum += Number(line.split(" ").at(-1));
    }
    return sum;
  }
}

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

export interface Shop {
  origin: string;
  close(): void;
}

/**
 * The demo shop on an origin of its own, as a customer of ours would run it:
 * it loads the widget from the desk, under the Content-Security-Policy given.
 */
export async function startShop(widget: () => string, site: string, policy?: () => string): Promise<Shop> {
  const server: Server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://shop").pathname).replace(/\/$/, "/index.html");
    try {
      let body: Buffer | string = readFileSync(join(root, "static/dist", path));
      if (path.endsWith(".html")) {
        body = body
          .toString()
          .replace("/widget.js", `${widget()}/widget.js`)
          .replace('data-site="demo"', `data-site="${site}"`);
      }
      if (policy) response.setHeader("Content-Security-Policy", policy());
      response.setHeader("Content-Type", types[extname(path)] ?? "application/octet-stream");
      response.end(body);
    } catch {
      response.statusCode = 404;
      response.end("not found");
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** A server that nobody but one browser should ask for anything, and the paths that others asked for. */
export async function startAttacker(
  but: string,
): Promise<{ origin: string; asked: string[]; close(): void }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    if (request.headers["user-agent"] !== but) asked.push(request.url ?? "");
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => server.close(),
  };
}

export interface Network {
  base: string;
  /** Swallows everything silently, as a network that is gone. */
  lose(): void;
  restore(): void;
  close(): void;
}

/** A network between one browser and the desk, which a test can lose. */
export async function startNetwork(desk: Desk): Promise<Network> {
  const { hostname, port } = new URL(desk.base);
  const sockets = new Set<Socket>();
  let lost = false;
  const server = createTCPServer((near) => {
    const far = createConnection({ host: hostname, port: Number(port) });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (data) => {
        if (!lost) to.write(data);
      });
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on("error", () => {});
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    base: `http://localhost:${(server.address() as AddressInfo).port}`,
    lose: () => {
      lost = true;
    },
    restore: () => {
      lost = false;
      for (const socket of sockets) socket.destroy();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
