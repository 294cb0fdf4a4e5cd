/** Only the head of a line is read: the name of a program stands there. */
const MAX_LENGTH = 4096;

/**
 * Splits the head of a line into simple commands of words, as a POSIX shell does but without
 * expanding anything. A quote that is not closed reaches to the end.
 */
export function splitCommands(line: string): string[][] {
  const scanner = new WordScanner(line.slice(0, MAX_LENGTH));
  return scanner.scan();
}

/** Reads a line once, character by character: no input makes it slow. */
class WordScanner {
  readonly #line: string;
  readonly #commands: string[][] = [[]];
  #at = 0;
  #word: string | undefined;
  #skipsNext = false;

  constructor(line: string) {
    this.#line = line;
  }

  scan(): string[][] {
    while (this.#at < this.#line.length) this.#step(this.#line[this.#at++]!);
    this.#endWord();
    return this.#commands.filter((words) => words.length > 0);
  }

  #step(char: string): void {
    switch (char) {
      case "'":
        return this.#add(this.#singleQuoted());
      case '"':
        return this.#add(this.#doubleQuoted());
      case "\\":
        return this.#add(this.#line[this.#at++] ?? "");
      case " ":
      case "\t":
      case "\r":
        return this.#endWord();
      case "\n":
      case ";":
      case "&":
      case "|":
      case "(":
      case ")":
        return this.#endCommand();
      case "<":
      case ">":
        return this.#redirect();
      default:
        return this.#add(char);
    }
  }

  #singleQuoted(): string {
    const end = this.#line.indexOf("'", this.#at);
    const text = this.#line.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#line.length : end + 1;
    return text;
  }

  #doubleQuoted(): string {
    let text = "";
    while (this.#at < this.#line.length) {
      const char = this.#line[this.#at++]!;
      if (char === '"') break;
      const next = this.#line[this.#at];
      if (char === "\\" && next !== undefined && /["\\$`]/.test(next)) {
        text += next;
        this.#at++;
      } else text += char;
    }
    return text;
  }

  #add(text: string): void {
    this.#word = (this.#word ?? "") + text;
  }

  #endWord(): void {
    if (this.#word !== undefined && !this.#skipsNext) this.#commands.at(-1)!.push(this.#word);
    if (this.#word !== undefined) this.#skipsNext = false;
    this.#word = undefined;
  }

  #endCommand(): void {
    this.#endWord();
    this.#commands.push([]);
  }

  /** What follows names a file; digits right before it are a file descriptor. */
  #redirect(): void {
    if (this.#word !== undefined && /^\d+$/.test(this.#word)) this.#word = undefined;
    this.#endWord();
    this.#skipsNext = true;
  }
}
