import { hasOddNumber, markOddNumbers } from "./odd_numbers.ts";

/** What the serializers read of a resource. */
interface ResourceLike {
  attributes: object;
  schemaUrl?: string | undefined;
}

/** Whether a resource has an odd number. Mostly all items have the same one. */
export function hasOddResource(items: readonly { resource: ResourceLike }[]): boolean {
  let last: ResourceLike | undefined;
  return items.some(({ resource }) => {
    if (resource === last) return false;
    last = resource;
    return hasOddNumber(resource.attributes);
  });
}

/**
 * Gives a function that marks the odd numbers of resources. The same resource gives the same copy:
 * the serializers group by identity.
 */
export function resourceMarker(): <Resource extends ResourceLike>(resource: Resource) => Resource {
  const copies = new Map<ResourceLike, ResourceLike>();
  return <Resource extends ResourceLike>(resource: Resource): Resource => {
    const known = copies.get(resource) as Resource | undefined;
    if (known) return known;
    const { attributes, schemaUrl } = resource;
    const copy = { attributes: markOddNumbers(attributes), schemaUrl } as Resource;
    copies.set(resource, copy);
    return copy;
  };
}
