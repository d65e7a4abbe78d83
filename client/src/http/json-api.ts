import { asList, asObject, asText, isObject, type JsonObject, numberOrNone, textOrNone } from '../json/json-reading.ts';
import type { Json } from '../json/json-text.ts';

/** One resource of a JSON:API 1.0 document. */
export interface JsonApiResource {
  readonly type: string;
  readonly id: string;
  readonly attributes: JsonObject;
  readonly meta: JsonObject;
}

/** A JSON:API document that holds a list. */
export interface JsonApiList {
  readonly resources: readonly JsonApiResource[];
  /** Link to the page after this one; undefined on the last. */
  readonly next: string | undefined;
  /** How many there are on all pages, where the server says so. */
  readonly count: number | undefined;
}

/** A document that holds a list. @throws ANSWER_UNEXPECTED */
export function readJsonApiList(document: Json): JsonApiList {
  const { data, links, meta } = asObject(document, 'the document');
  const next = isObject(links) ? links['next'] : undefined;
  return {
    resources: asList(data, 'data').map(readResource),
    next: textOrNone(isObject(next) ? next['href'] : next),
    count: numberOrNone(isObject(meta) ? meta['count'] : undefined),
  };
}

/** A document that holds one resource. @throws ANSWER_UNEXPECTED */
export function readJsonApiResource(document: Json): JsonApiResource {
  return readResource(asObject(document, 'the document')['data']);
}

function readResource(value: Json | undefined): JsonApiResource {
  const resource = asObject(value, 'a resource');
  return {
    type: asText(resource['type'], 'the type of a resource'),
    id: asText(resource['id'], 'the id of a resource'),
    attributes: isObject(resource['attributes']) ? resource['attributes'] : {},
    meta: isObject(resource['meta']) ? resource['meta'] : {},
  };
}
