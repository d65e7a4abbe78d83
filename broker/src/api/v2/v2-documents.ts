import type { AlertRow } from '../../alert-store/alert-store.ts';
import type { LightCurve } from '../../model/light-curve.ts';
import type { LocusRecord } from '../../model/locus.ts';
import type { ApiContext } from '../api-context.ts';
import type { WireValue } from '../json-text.ts';
import { alertPropertiesOf, processedAtOf, surveyNameOf } from '../loci/alert-reading.ts';
import type { CatalogEntry, CatalogSample } from '../loci/catalog-reading.ts';
import { isInternalProperty } from '../loci/internal-properties.ts';
import { lightCurveCsv } from '../loci/light-curve-csv.ts';
import { catalogNamesOf, htm16Of, tagsOf } from '../loci/locus-reading.ts';
import { floatJson, propertiesJson } from '../loci/property-json.ts';
import type { LociStatistics } from '../loci/statistics.ts';
import type { Thumbnail } from '../thumbnails/thumbnails.ts';

/** A document of `/v2`. */
export type V2Document = { readonly [member: string]: WireValue };

/** Gravitational-wave events of a locus or an alert: none are stored yet, and clients want the list all the same. */
const NO_EVENTS: readonly string[] = [];

/**
 * Makes the documents of `/v2`: plain objects of which every member is required, and none may be null.
 *
 * @see API v2 notes, section 5
 */
export class V2Documents {
  readonly #context: ApiContext;
  /** `https://host/v2` */
  readonly #base: string;

  constructor(context: ApiContext, baseUrl: string) {
    this.#context = context;
    this.#base = `${baseUrl}/v2`;
  }

  /** A locus as searches list it: all properties in one object. */
  searchItem(record: LocusRecord): V2Document {
    return {
      locus: {
        locus_id: record.ref.locusId,
        ra: floatJson(record.ra),
        dec: floatJson(record.dec),
        htm16: htm16Of(record),
        properties: propertiesJson(record.properties),
        tags: tagsOf(record),
        grav_wave_events: NO_EVENTS,
        catalogs: catalogNamesOf(record),
      },
    };
  }

  /** A locus: what the broker says of it and what filters say, apart; and its light curve. */
  locus(record: LocusRecord, lightCurve: LightCurve): V2Document {
    return {
      id: record.ref.locusId,
      ra: floatJson(record.ra),
      dec: floatJson(record.dec),
      htm16: htm16Of(record),
      grav_wave_events: NO_EVENTS,
      internal_properties: propertiesJson(record.properties, isInternalProperty),
      user_properties: propertiesJson(record.properties, (name) => !isInternalProperty(name)),
      lightcurve: lightCurveCsv(lightCurve),
      tags: tagsOf(record),
      catalogs: catalogNamesOf(record),
    };
  }

  /** An alert; `record` is its locus. */
  alert(row: AlertRow, record: LocusRecord | undefined): V2Document {
    return {
      id: row.point.alertId,
      mjd: floatJson(row.point.mjd),
      created_at: processedAtOf(row),
      properties: propertiesJson(alertPropertiesOf(this.#context, row, record)),
      survey: surveyNameOf(row),
      grav_wave_events: NO_EVENTS,
    };
  }

  /** A catalogue object that a locus matches; radius and separation in arcseconds. */
  catalogMatch(entry: CatalogEntry): V2Document {
    return {
      id: entry.id,
      object_id: entry.objectId,
      catalog_name: entry.catalog,
      ra: floatJson(entry.ra),
      dec: floatJson(entry.dec),
      radius: floatJson(entry.radiusArcsec),
      properties: entry.properties,
      object_name: entry.objectName,
      extra: { separation: floatJson(entry.separationArcsec) },
    };
  }

  /** An object of a catalogue. */
  catalogObject({ catalog, objectId, properties }: CatalogSample): V2Document {
    return { id: objectId, catalog_name: catalog, properties };
  }

  /** Figures over all loci. */
  statistics({ tags, catalogs, minNumMeasurements, maxNumMeasurements }: LociStatistics): V2Document {
    return {
      id: 'statistics',
      catalogs,
      tags,
      min_num_measurements: minNumMeasurements,
      max_num_measurements: maxNumMeasurements,
    };
  }

  /** An image of an alert. */
  thumbnail(alertId: string, { kind, fileName, mediaType, file }: Thumbnail): V2Document {
    const alert = encodeURIComponent(alertId).replaceAll('%3A', ':');
    return {
      id: fileName,
      filemime: mediaType,
      src: `${this.#base}/alerts/${alert}/thumbnails/${file}`,
      thumbnail_type: kind,
    };
  }
}
