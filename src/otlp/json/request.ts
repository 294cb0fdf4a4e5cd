/**
 * What the requests of all signals share: items within their scopes, within their resources.
 * @module
 */
import { Utf8Writer } from "./utf8_writer.ts";
import { attributes, numberField, text, textField } from "./values.ts";

interface Resource {
  attributes: object;
  schemaUrl?: string | undefined;
}

interface Scope {
  name: string;
  version?: string | undefined;
  schemaUrl?: string | undefined;
  attributes?: object | undefined;
  droppedAttributesCount?: number | undefined;
}

interface Scoped {
  resource: Resource;
  instrumentationScope: Scope;
}

/** How a signal names its parts and writes its items. */
export interface Envelope<Item> {
  resources: string;
  scopes: string;
  items: string;
  write: (item: Item) => string;
}

const writer = new Utf8Writer();

/** Encodes items, those of one resource and of one scope together. */
export function encodeRequest<Item extends Scoped>(
  items: readonly Item[],
  envelope: Envelope<Item>,
): Uint8Array<ArrayBuffer> {
  writer.clear(); // Of an item that could not be encoded.
  const groups = groupBy(items, { owner: (item) => item.resource, key: (resource) => resource });
  writer.write(`{"${envelope.resources}":`);
  writeList(groups, (group) => writeResource(group, envelope));
  writer.write("}");
  return writer.take();
}

function writeResource<Item extends Scoped>(items: Item[], envelope: Envelope<Item>): void {
  const { attributes: own, schemaUrl } = items[0]!.resource;
  const groups = groupBy(items, { owner: (item) => item.instrumentationScope, key: scopeKey });
  writer.write(`{"resource":{"attributes":${attributes(own)},"droppedAttributesCount":0}`);
  writer.write(`,"${envelope.scopes}":`);
  writeList(groups, (group) => writeScope(group, envelope));
  writer.write(`${textField("schemaUrl", schemaUrl)}}`);
}

function writeScope<Item extends Scoped>(
  items: Item[],
  { items: field, write }: Envelope<Item>,
): void {
  const { instrumentationScope: scope } = items[0]!;
  writer.write(`{"scope":${scopeJson(scope)},"${field}":`);
  writeList(items, (item) => writer.write(write(item)));
  writer.write(`${textField("schemaUrl", scope.schemaUrl)}}`);
}

function writeList<Part>(parts: readonly Part[], write: (part: Part) => void): void {
  let separator = "";
  writer.write("[");
  for (const part of parts) {
    writer.write(separator);
    write(part);
    separator = ",";
  }
  writer.write("]");
}

function scopeJson({ name, version, attributes: own = {}, droppedAttributesCount }: Scope): string {
  const known = Object.keys(own).length === 0 ? "" : `,"attributes":${attributes(own)}` +
    numberField("droppedAttributesCount", droppedAttributesCount ?? 0);
  return `{"name":${text(name)}${textField("version", version)}${known}}`;
}

/** Scopes are one when all is equal that a request tells of them. */
const scopeKey = (scope: Scope): string => `${scopeJson(scope)}${scope.schemaUrl ?? ""}`;

/** Items by their owner. Mostly they have the same one as the item before, which costs nothing. */
function groupBy<Item, Owner>(
  items: readonly Item[],
  { owner: ownerOf, key }: { owner: (item: Item) => Owner; key: (owner: Owner) => unknown },
): Item[][] {
  const groups = new Map<unknown, Item[]>();
  let last: Owner | undefined;
  let group: Item[] | undefined;
  for (const item of items) {
    const owner = ownerOf(item);
    if (!group || owner !== last) {
      last = owner;
      const id = key(owner);
      groups.set(id, group = groups.get(id) ?? []);
    }
    group.push(item);
  }
  return [...groups.values()];
}
