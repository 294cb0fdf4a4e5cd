/**
 * What the staging of files needs of the platform. The adapters are in `runtime/`.
 * @module
 */

/** What a path leads to. */
export type FileKind = "file" | "folder" | "symlink" | "device" | "fifo" | "socket" | "other";

/** Facts about a file. */
export interface FileStatus {
  kind: FileKind;
  sizeBytes: number;
  /** When its content was last changed, Unix epoch in milliseconds. */
  modifiedMs: number;
  /** Its owner's user id, and its permission bits; undefined where the platform has none. */
  userId?: number;
  mode?: number;
}

/** An open file to be read from front to end. */
export interface SourceFile {
  status(): Promise<FileStatus>;
  /** Fills the buffer from its front and says how far; 0 at the end of the file. */
  read(buffer: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** An open file that this process has made. */
export interface TargetFile {
  /** Resolves when all bytes are written. */
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves when the content is on the disk, so that it outlives a loss of power. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** A running SHA-256. */
export interface Hash {
  update(chunk: Uint8Array): void;
  /** 64 lower-case hex digits. */
  digestHex(): string;
}

/** A process, in a form that other processes which share the folder can judge. */
export interface Owner {
  /** Where its pid counts: the same for processes that see the same process table. */
  host: string;
  pid: number;
  /** Tells it from a later process with the same pid; `"0"` where the platform does not say. */
  start: string;
}

/** Whether an owner still runs; `unknown` for one on another host. */
export type OwnerState = "alive" | "gone" | "unknown";

/** The files of a machine. Rejections carry the system's own `code`, such as `ENOENT`. */
export interface StagingFiles {
  /** This user; undefined where the platform has no user ids. */
  readonly userId: number | undefined;
  /** The separator of the platform: `/` or `\`. */
  readonly separator: string;
  owner(): Promise<Owner>;
  ownerState(owner: Owner): Promise<OwnerState>;
  /** Follows symbolic links. */
  status(path: string): Promise<FileStatus>;
  /** The same for the link itself. */
  linkStatus(path: string): Promise<FileStatus>;
  /** Opens without ever waiting for a writer, as the opening of a pipe would. */
  openSource(path: string): Promise<SourceFile>;
  /** Makes a file that is not there yet, readable by its owner alone (0600). */
  createFile(path: string): Promise<TargetFile>;
  readText(path: string): Promise<string>;
  /** Makes a folder open to its owner alone (0700); with `parents`, one that is there will do. */
  makeFolder(path: string, options?: { parents?: boolean }): Promise<void>;
  /** Names of a folder's entries. */
  list(path: string): Promise<string[]>;
  /** Atomic. Replaces a file; rejects with `ENOTEMPTY` or `EEXIST` for a folder that has entries. */
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name. */
  link(from: string, to: string): Promise<void>;
  /** Removes a file or a whole folder; one that is not there, or goes meanwhile, is no error. */
  remove(path: string): Promise<void>;
  createHash(): Hash;
  /** Joins the parts of a path. */
  join(...parts: string[]): string;
  /** The last part of a path. */
  basename(path: string): string;
}

/** What can be had at once and loads nothing, so that the folder's path can be told without waiting. */
export interface StagingPlatform {
  env(name: string): string | undefined;
  tempDirectory(): string;
  /** An absolute path, seen from the current folder. */
  resolve(...parts: string[]): string;
  /** Loads the adapter, on first use. */
  load(): Promise<StagingFiles>;
}
