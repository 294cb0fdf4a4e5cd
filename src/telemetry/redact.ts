/**
 * Masks secrets in what is exported.
 * @module
 */

/** What stands where a secret was. */
const MASK = "[redacted]";

/** Below this length no pattern can match. */
const MIN_LENGTH = 6;

/** A kind of secret. */
interface Secret {
  pattern: RegExp;
  /** The part in front of the secret that tells the reader what was masked. */
  keep: string;
  /** What every match has in it, whatever its case. */
  hint: string;
}

/**
 * Every pattern starts with something literal or of bounded length, and what follows is one run
 * of a single class: the time is linear in the text, whatever the text.
 */
const SECRETS: readonly Secret[] = [
  // An end that is missing, as in a text that was cut, must not show the key.
  {
    pattern:
      /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]{0,40}KEY(?: BLOCK)?-----|$)/g,
    keep: "",
    hint: "PRIVATE KEY",
  },
  {
    pattern: /(?<![A-Za-z0-9])(bearer|basic)(\s{1,8})[\w.~+/=-]{8,}/gi,
    keep: "$1$2",
    hint: "bearer|basic",
  },
  { pattern: /(:\/\/)[^\s/?#"'<>]*@/g, keep: "$1", hint: "://" },
  // OpenAI, Anthropic and others that use the same form.
  { pattern: /(?<![A-Za-z0-9])sk-[\w-]{16,}/g, keep: "", hint: "sk-" },
  {
    pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}/g,
    keep: "",
    hint: "AKIA|ASIA|ABIA|ACCA",
  },
  {
    pattern:
      /(aws_?(?:secret_?access_?key|session_?token)["']?\s{0,4}[=:]\s{0,4}["']?)[\w/+=]{16,}/gi,
    keep: "$1",
    hint: "aws",
  },
  {
    pattern: /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/g,
    keep: "",
    hint: "gh[pousr]_|github_pat_",
  },
  { pattern: /(?<![A-Za-z0-9])xox[a-z]-[A-Za-z0-9-]{10,}/g, keep: "", hint: "xox" },
  { pattern: /(?<![A-Za-z0-9])xapp-[A-Za-z0-9-]{10,}/g, keep: "", hint: "xapp-" },
  // A variable whose name says that it is secret, as `env` prints it.
  {
    pattern: /((?:_|\b)(?:API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS)=)[^\s"'&;,]+/g,
    keep: "$1",
    hint: "(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS)=",
  },
  { pattern: /(_HEADERS=)[^\n"]+/g, keep: "$1", hint: "_HEADERS=" },
];

/** Nearly every text is found innocent by one search in place of one for each kind of secret. */
const SUSPICIOUS = new RegExp(SECRETS.map(({ hint }) => hint).join("|"), "i");

/** Masks what looks like a secret, in linear time. Masking twice changes nothing more. */
export function redact(text: string): string {
  if (text.length < MIN_LENGTH || !SUSPICIOUS.test(text)) return text;
  let masked = text;
  for (const { pattern, keep } of SECRETS) {
    masked = masked.replace(
      pattern,
      pattern.source.endsWith("@") ? `${keep}${MASK}@` : keep + MASK,
    );
  }
  return masked;
}

/**
 * The built-in redactor, followed by the user's. What the user's throws at, or does not give back
 * as a text, is masked as a whole.
 */
export function createRedactor(own?: (text: string) => string): (text: string) => string {
  if (!own) return redact;
  return (text) => {
    try {
      const masked = own(redact(text));
      return typeof masked === "string" ? masked : MASK;
    } catch {
      return MASK;
    }
  };
}
