/**
 * Writes the certificates of `test/fixtures/tls/` with the `openssl` command. They are checked in,
 * so that the tests need no openssl: run this again only to change them.
 *
 * Usage: node --import tsx scripts/make_tls_fixtures.ts
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const TARGET = fileURLToPath(new URL("../test/fixtures/tls/", import.meta.url));
const FROM = "20200101000000Z";
const UNTIL = "20991231235959Z";
const LOOPBACK = "subjectAltName=IP:127.0.0.1,DNS:localhost";

interface Leaf {
  name: string;
  authority: string;
  usage: "serverAuth" | "clientAuth";
  altName?: string;
  until?: string;
}

const LEAVES: Leaf[] = [
  { name: "server", authority: "ca", usage: "serverAuth", altName: LOOPBACK },
  {
    name: "server_expired",
    authority: "ca",
    usage: "serverAuth",
    altName: LOOPBACK,
    until: "20210101000000Z",
  },
  {
    name: "server_elsewhere",
    authority: "ca",
    usage: "serverAuth",
    altName: "subjectAltName=DNS:elsewhere.example",
  },
  { name: "client", authority: "ca", usage: "clientAuth" },
  { name: "client_renewed", authority: "ca", usage: "clientAuth" },
  { name: "client_stranger", authority: "other_ca", usage: "clientAuth" },
];

const scratch = mkdtempSync(join(tmpdir(), "tls-fixtures-"));
const config = makeConfig();
try {
  for (const name of ["ca", "other_ca"]) makeAuthority(name);
  for (const leaf of LEAVES) makeLeaf(leaf);
  encryptKey();
} finally {
  rmSync(scratch, { recursive: true });
}

function makeAuthority(name: string): void {
  makeKey(name);
  const extensions = writeScratch(
    `${name}.ext`,
    "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n" +
      "subjectKeyIdentifier=hash\n",
  );
  sign(name, ["-selfsign", "-keyfile", key(name), "-extfile", extensions]);
}

function makeLeaf({ name, authority, usage, altName, until }: Leaf): void {
  makeKey(name);
  const lines = ["basicConstraints=critical,CA:false", `extendedKeyUsage=${usage}`, altName ?? ""];
  const extensions = writeScratch(`${name}.ext`, lines.join("\n"));
  const issuer = ["-cert", join(TARGET, `${authority}.crt`), "-keyfile", key(authority)];
  sign(name, [...issuer, "-extfile", extensions], until);
}

function makeKey(name: string): void {
  openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key(name));
}

/** The client's key once more, behind a passphrase, in the form of today and in the older one. */
function encryptKey(): void {
  const how = ["-in", key("client"), "-aes256", "-passout", "pass:test", "-out"];
  openssl("pkey", ...how, key("client_encrypted"));
  openssl("ec", ...how, key("client_encrypted_old"));
}

function makeRequest(name: string): string {
  const path = join(scratch, `${name}.csr`);
  openssl("req", "-new", "-key", key(name), "-subj", `/CN=codex-otel test ${name}`, "-out", path);
  return path;
}

/** By `openssl ca`, because `openssl x509` takes dates only from 3.4 on. */
function sign(name: string, how: string[], until: string = UNTIL): void {
  const request = makeRequest(name);
  const dates = ["-startdate", FROM, "-enddate", until];
  const target = ["-notext", "-out", join(TARGET, `${name}.crt`)];
  openssl("ca", "-batch", "-config", config, "-in", request, ...how, ...dates, ...target);
}

function makeConfig(): string {
  const index = writeScratch("index.txt", "");
  writeScratch("index.txt.attr", "unique_subject = no\n");
  const lines = ["[ca]", "default_ca = fixtures", "[fixtures]", `database = ${index}`];
  lines.push(`new_certs_dir = ${scratch}`, "rand_serial = yes", "default_md = sha256");
  lines.push("policy = any", "[any]", "commonName = supplied", "");
  return writeScratch("ca.cnf", lines.join("\n"));
}

/** The keys of the authorities are thrown away: nobody signs with them again. */
function key(name: string): string {
  return join(name.endsWith("ca") ? scratch : TARGET, `${name}.key`);
}

function writeScratch(name: string, text: string): string {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
}
