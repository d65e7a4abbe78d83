import type { LocusRecord } from '../../model/locus.ts';
import type { PropertyValue } from '../../model/property.ts';
import { htm16Of } from './locus-wire.ts';
import type { Table, TableColumn } from './table.ts';

/** A locus of a table, and how far it is from where somebody looked. */
export interface LocusRow {
  readonly record: LocusRecord;
  /** [arcsec] */
  readonly separationArcsec?: number;
}

/** How much a table tells of each locus: position alone; what most want; everything that has a column. */
export type Verbosity = 'little' | 'usual' | 'all';

/** What columns a table of loci has. */
export interface LociTableOptions {
  readonly verbosity?: Verbosity;
  /** Whether there is a column of distances from where somebody looked. */
  readonly hasSeparation?: boolean;
}

/** Loci as a table. */
export function lociTable(
  name: string,
  description: string,
  rows: readonly LocusRow[],
  { verbosity = 'all', hasSeparation = false }: LociTableOptions = {},
): Table {
  const column = (
    columnName: string,
    type: TableColumn['type'],
    text: string,
    read: (row: LocusRow) => string | number | undefined,
    more: Pick<TableColumn, 'unit' | 'ucd' | 'timeScale'> = {},
  ): TableColumn => ({ name: columnName, type, description: text, ...more, values: rows.map(read) });
  const little = [
    column('locus_id', 'text', 'Name of the locus', ({ record }) => record.ref.locusId, { ucd: 'meta.id;meta.main' }),
    column('ra', 'double', 'Right ascension, ICRS: mean of the detections', ({ record }) => record.ra, {
      unit: 'deg',
      ucd: 'pos.eq.ra;meta.main',
    }),
    column('dec', 'double', 'Declination, ICRS: mean of the detections', ({ record }) => record.dec, {
      unit: 'deg',
      ucd: 'pos.eq.dec;meta.main',
    }),
    ...(hasSeparation
      ? [
          column('separation', 'double', 'Distance from the centre asked for', (row) => row.separationArcsec, {
            unit: 'arcsec',
            ucd: 'pos.angDistance',
          }),
        ]
      : []),
  ];
  if (verbosity === 'little') return { name, description, columns: little };
  const usual = [
    ...little,
    column('num_alerts', 'int', 'Detections and upper limits', ({ record }) => record.numAlerts, {
      ucd: 'meta.number;obs',
    }),
    column('tags', 'text', 'Tags, separated by spaces', ({ record }) => [...record.tags].sort().join(' '), {
      ucd: 'meta.code.class',
    }),
    column('ztf_object_id', 'text', 'Name of the object at ZTF', (row) => objectIdOf(row, 'ztf'), { ucd: 'meta.id' }),
    column('lsst_dia_object_id', 'text', 'Name of the object at LSST', (row) => objectIdOf(row, 'lsst'), {
      ucd: 'meta.id',
    }),
    column('newest_alert_mag', 'double', 'Magnitude of the newest detection, AB', numberOf('newest_alert_magnitude'), {
      unit: 'mag',
      ucd: 'phot.mag',
    }),
    column(
      'newest_alert_mjd',
      'double',
      'Time of the newest detection, MJD in the scale of its survey',
      numberOf('newest_alert_observation_time'),
      {
        unit: 'd',
        ucd: 'time.epoch',
      },
    ),
  ];
  if (verbosity === 'usual') return { name, description, columns: usual };
  return {
    name,
    description,
    columns: [
      ...usual,
      column('num_detections', 'int', 'Detections', ({ record }) => record.numDetections, {
        ucd: 'meta.number;obs',
      }),
      column('num_upper_limits', 'int', 'Upper limits', ({ record }) => record.numUpperLimits, {
        ucd: 'meta.number;obs',
      }),
      column(
        'oldest_alert_mjd',
        'double',
        'Time of the oldest detection, MJD in the scale of its survey',
        numberOf('oldest_alert_observation_time'),
        {
          unit: 'd',
          ucd: 'time.epoch',
        },
      ),
      column('brightest_alert_mag', 'double', 'Brightest magnitude, AB', numberOf('brightest_alert_magnitude'), {
        unit: 'mag',
        ucd: 'phot.mag;stat.min',
      }),
      column(
        'brightest_alert_mjd',
        'double',
        'Time of the brightest detection, MJD in the scale of its survey',
        numberOf('brightest_alert_observation_time'),
        { unit: 'd', ucd: 'time.epoch' },
      ),
      column('catalogs', 'text', 'Catalogues with a match, separated by spaces', ({ record }) =>
        listsOf(record.catalogMatches),
      ),
      column('watch_lists', 'text', 'Watch lists with a match, separated by spaces', ({ record }) =>
        listsOf(record.watchMatches),
      ),
      column('htm16', 'int', 'HTM id at level 16', ({ record }) => htm16Of(record), { ucd: 'pos' }),
    ],
  };
}

/** The name of the object at a survey; the latest where there are several. */
function objectIdOf({ record }: LocusRow, survey: string): string | undefined {
  return record.objects.filter((object) => object.survey === survey && object.role === 'object').at(-1)?.id;
}

function numberOf(property: string): (row: LocusRow) => number | undefined {
  return ({ record }) => toNumber(record.properties.get(property));
}

function toNumber(value: PropertyValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function listsOf(matches: LocusRecord['catalogMatches']): string {
  return [...new Set(matches.map(({ list }) => list))].sort().join(' ');
}
