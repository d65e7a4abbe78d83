import type { AlertRow } from '../../alert-store/alert-store.ts';
import type { LightCurve } from '../../model/light-curve.ts';
import type { LocusRecord } from '../../model/locus.ts';
import type { ApiContext } from '../api-context.ts';
import type { WireValue } from '../json-text.ts';
import { alertPropertiesOf, processedAtOf, surveyNameOf } from '../loci/alert-reading.ts';
import type { CatalogEntry, CatalogSample } from '../loci/catalog-reading.ts';
import { lightCurveCsv } from '../loci/light-curve-csv.ts';
import { catalogNamesOf, htm16Of, tagsOf } from '../loci/locus-reading.ts';
import type { ListedProperty } from '../loci/property-definitions.ts';
import { floatJson, propertiesJson } from '../loci/property-json.ts';
import type { AlertThumbnails } from '../loci/thumbnails-of-loci.ts';
import type { Thumbnail } from '../thumbnails/thumbnails.ts';
import type { Resource } from './json-api.ts';

/** Gravitational-wave events of a locus or an alert: none are stored yet, and clients want the list all the same. */
const NO_EVENTS: readonly string[] = [];

/**
 * Makes the resources of `/v1`, with links that lead back to the host by which the caller came.
 *
 * What is not there is left out, never null: the 1.x client refuses nulls. The exceptions are its traps: `lightcurve` and
 * the lists are always there.
 *
 * @see API v1 notes, section 3.2; API v2 notes, section 12
 */
export class V1Documents {
  readonly #context: ApiContext;
  /** `https://host/v1` */
  readonly #base: string;

  constructor(context: ApiContext, baseUrl: string) {
    this.#context = context;
    this.#base = `${baseUrl}/v1`;
  }

  /** A locus as searches list it. */
  locusListing(record: LocusRecord, newest: AlertThumbnails | undefined): Resource {
    const { locusId } = record.ref;
    return {
      type: 'locus_listing',
      id: locusId,
      attributes: this.#attributesOf(record),
      ...(newest === undefined
        ? {}
        : {
            meta: {
              newest_thumbnails: newest.thumbnails.map(
                (thumbnail) => ({ data: this.thumbnail(newest.alertId, thumbnail) }) as unknown as WireValue,
              ),
            },
          }),
      relationships: {
        alerts: { links: { related: this.alertsUrl(locusId) } },
        locus: { links: { related: this.locusUrl(locusId) } },
      },
    };
  }

  /** A locus with its light curve; without, where the caller does not want it. */
  locus(record: LocusRecord, lightCurve: LightCurve | undefined): Resource {
    const { locusId } = record.ref;
    return {
      type: 'locus',
      id: locusId,
      attributes: {
        ...this.#attributesOf(record),
        ...(lightCurve === undefined ? {} : { lightcurve: lightCurveCsv(lightCurve) }),
        catalog_matches: record.catalogMatches.map(({ list, objectId, separationArcsec, radiusArcsec }) => ({
          catalog_name: list,
          object_id: objectId,
          separation: separationArcsec,
          radius: radiusArcsec,
        })),
      },
      relationships: { alerts: { links: { related: this.alertsUrl(locusId) } } },
      links: { self: this.locusUrl(locusId) },
    };
  }

  /** An alert; `record` is its locus, where it has one. */
  alert(row: AlertRow, record: LocusRecord | undefined): Resource {
    const { alertId, mjd } = row.point;
    return {
      type: 'alert',
      id: alertId,
      attributes: {
        grav_wave_events: NO_EVENTS,
        survey: surveyNameOf(row),
        properties: propertiesJson(alertPropertiesOf(this.#context, row, record)),
        processed_at: processedAtOf(row),
        mjd: floatJson(mjd),
      },
      relationships: { thumbnails: { links: { related: `${this.alertUrl(alertId)}/thumbnails` } } },
      links: { self: this.alertUrl(alertId) },
    };
  }

  /** An image of an alert. */
  thumbnail(alertId: string, { kind, fileName, mediaType, file }: Thumbnail): Resource {
    return {
      type: 'alert_thumbnail',
      id: fileName,
      attributes: {
        filename: fileName,
        src: `${this.alertUrl(alertId)}/thumbnails/${file}`,
        thumbnail_type: kind,
        filemime: mediaType,
      },
    };
  }

  /** A catalogue object that a locus matches. */
  catalogEntry(entry: CatalogEntry): Resource {
    return {
      type: 'catalog_entry',
      id: entry.id,
      attributes: {
        object_id: entry.objectId,
        object_name: entry.objectName,
        name: entry.catalog,
        ra: floatJson(entry.ra),
        dec: floatJson(entry.dec),
        properties: entry.properties,
      },
      meta: { separation: entry.separationArcsec, radius: entry.radiusArcsec },
    };
  }

  /** An object of a catalogue. */
  catalogSample({ catalog, objectId, properties }: CatalogSample): Resource {
    return { type: 'catalog_sample', id: objectId, attributes: { catalog_name: catalog, data: properties } };
  }

  /** A property that loci or alerts have. */
  property(
    type: 'locus_property' | 'alert_property',
    { name, type: kind, origin, description }: ListedProperty,
  ): Resource {
    return { type, id: name, attributes: { type: kind, origin, description } };
  }

  /** Address of a locus. */
  locusUrl(locusId: string): string {
    return `${this.#base}/loci/${locusId}`;
  }

  /** Address of the alerts of a locus. */
  alertsUrl(locusId: string): string {
    return `${this.locusUrl(locusId)}/alerts`;
  }

  /** Address of an alert; colons stay readable, as ANTARES writes them. */
  alertUrl(alertId: string): string {
    return `${this.#base}/alerts/${encodeURIComponent(alertId).replaceAll('%3A', ':')}`;
  }

  #attributesOf(record: LocusRecord): Resource['attributes'] {
    return {
      grav_wave_events: NO_EVENTS,
      catalogs: catalogNamesOf(record),
      properties: propertiesJson(record.properties),
      tags: tagsOf(record),
      ra: floatJson(record.ra),
      dec: floatJson(record.dec),
      htm16: htm16Of(record),
    };
  }
}
