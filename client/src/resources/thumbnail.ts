import type { JsonApiResource } from '../http/json-api.ts';
import { textOrNone } from '../json/json-reading.ts';

/** A small image of an alert. */
export interface Thumbnail {
  /** `difference`, `science` or `template`. */
  readonly kind: string;
  readonly fileName: string;
  /** `image/png`. */
  readonly mimeType: string;
  /** Where the image is. */
  readonly src: string;
}

/** From an `alert_thumbnail` of `/v1`. */
export function toThumbnail(resource: JsonApiResource): Thumbnail {
  return {
    kind: textOrNone(resource.attributes['thumbnail_type']) ?? '',
    fileName: textOrNone(resource.attributes['filename']) ?? resource.id,
    mimeType: textOrNone(resource.attributes['filemime']) ?? '',
    src: textOrNone(resource.attributes['src']) ?? '',
  };
}
