/**
 * What a runtime must provide. Each adapter in `runtime/` implements {@linkcode Runtime}; nothing
 * else in the package touches an operating system.
 * @module
 */

/** How a child process ended: an exit code, or the signal that ended it. */
export interface ExitStatus {
  code: number | null;
  /** Name of the signal, such as `"SIGKILL"`. */
  signal: string | null;
}

/** Signals that the SDK sends. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGKILL";

/** A running process, told apart from a later one with the same pid by its start time. */
export interface ProcessReference {
  readonly pid: number;
  /** In a unit of the platform's own; only good for comparing. */
  readonly startTime: string;
}

/** What to start. */
export interface SpawnOptions {
  command: string;
  args: readonly string[];
  /** The whole environment; nothing is inherited. */
  env: Record<string, string>;
  cwd?: string;
}

/** The standard input of a child. */
export interface ChildInput {
  /** Resolves when the bytes are handed over, so that awaiting it is backpressure. */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends the stream. Idempotent, and never rejects: a child that is gone has its input closed. */
  close(): Promise<void>;
}

/** A child process, the leader of its own process group. */
export interface ChildProcess {
  readonly pid: number;
  readonly stdin: ChildInput;
  /** Readable once. Ends when every holder of the pipe has closed it. */
  readonly stdout: AsyncIterable<Uint8Array>;
  readonly stderr: AsyncIterable<Uint8Array>;
  /** Resolves when the child itself has exited, whoever still holds its pipes. Never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** Sends a signal to the child alone. False when it has exited. */
  signal(signal: StopSignal): boolean;
  /** Sends a signal to the whole group. False when there is nobody left in it. */
  signalGroup(signal: StopSignal): boolean;
  /**
   * Whether anybody is in the group. Long after the child has exited that may be strangers: its pid
   * is free for others once its group is empty. False where there are no groups.
   */
  hasGroup(): boolean;
  /**
   * Lets go of all three pipes, whoever holds their other ends: a pending read ends, with an error
   * or without, and nothing of the child keeps this process alive.
   */
  release(): void;
}

/** The table of running processes. */
export interface ProcessTable {
  /** The process that has a pid now; undefined where the platform does not tell. */
  find(pid: number): Promise<ProcessReference | undefined>;
  /**
   * Everything that descends from a process, in whatever process group or session. Empty where the
   * platform does not tell.
   */
  descendants(pid: number): Promise<ProcessReference[]>;
  /**
   * All processes with a variable of this value in their environment. Empty where the platform does
   * not tell, which is everywhere but on Linux.
   */
  withVariable(name: string, value: string): Promise<ProcessReference[]>;
  /** Those of the given processes that still run; a zombie does not. */
  alive(processes: readonly ProcessReference[]): Promise<ProcessReference[]>;
  /** Those members of a process group that still run, its leader included. */
  groupMembers(groupId: number): Promise<ProcessReference[]>;
  /** Sends a signal to one process. False when it is gone. */
  signal(process: ProcessReference, signal: StopSignal): boolean;
}

/** File access, with paths of the platform. */
export interface RuntimeFiles {
  isFile(path: string): Promise<boolean>;
  isDirectory(path: string): Promise<boolean>;
  readTextFile(path: string): Promise<string>;
  /** The last bytes of a file as text; a character cut at the front becomes U+FFFD. */
  readTextTail(path: string, maxBytes: number): Promise<string>;
  /** Names of the entries of a folder. */
  readDirectory(path: string): Promise<string[]>;
  /** Makes a new folder, readable by its owner alone, under the system's temporary folder. */
  makeTempDirectory(prefix: string): Promise<string>;
  /** Writes a file readable by its owner alone (mode 0600). */
  writeTextFile(path: string, text: string): Promise<void>;
  /** Removes a file or a whole folder; one that is not there is no error. */
  remove(path: string): Promise<void>;
  join(...parts: string[]): string;
  dirname(path: string): string;
}

/** Where to connect to, and with which headers on the upgrade request. */
export interface WebSocketRequest {
  /** `ws:` or `wss:`. */
  url: string;
  headers: Readonly<Record<string, string>>;
  /** Aborted when nobody wants the connection any more. */
  signal?: AbortSignal;
}

/** An open WebSocket. */
export type OpenSocket = WebSocket & {
  /** Lets go of the connection without a word; absent where the runtime cannot. */
  terminate?(): void;
};

/** Opens a WebSocket, and resolves when it is open. */
export type WebSocketOpener = (request: WebSocketRequest) => Promise<OpenSocket>;

/** One of the runtimes, behind one shape. */
export interface Runtime {
  readonly name: "node" | "bun" | "deno";
  /** `process.platform` as Node names it: `linux`, `darwin`, `win32`, … */
  readonly platform: string;
  /** `process.arch` as Node names it: `x64`, `arm64`, … */
  readonly arch: string;
  readonly files: RuntimeFiles;
  readonly processes: ProcessTable;
  /** A copy of the process environment. */
  env(): Record<string, string>;
  homeDirectory(): string;
  /**
   * Starts a program in a process group of its own.
   * @throws {CodexError} `cli_not_found` when the program is not there, `spawn_failed` otherwise.
   */
  spawn(options: SpawnOptions): Promise<ChildProcess>;
  /**
   * Has a child and its descendants killed when this process ends before it; the function returned
   * lifts that.
   */
  endWithHost(pid: number): () => void;
  /**
   * Opens a WebSocket.
   * @throws {CodexError} `connection_refused` when nobody answers, `unauthorized` for the statuses
   * 401 and 403, `not_app_server` when what answers takes no WebSocket.
   */
  openWebSocket: WebSocketOpener;
  /** Path of an installed package's `package.json`, looked up from a folder or from this package. */
  resolvePackage(name: string, fromDirectory?: string): string | undefined;
}

/** Gives the adapter of the running runtime; loads it on first use. */
export type RuntimeLoader = () => Promise<Runtime>;
