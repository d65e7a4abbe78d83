import { Filter, type FilterLocus } from '../filter.ts';
import { DETECTIONS } from './alert-surveys.ts';
import { isExtragalacticMatch } from './catalog-roles.ts';
import { isSolarSystemObject } from './solar-system.ts';

/**
 * Tags loci on a catalogued galaxy, active nucleus or quasar.
 *
 * A locus counts as on one when it lies in the circle of an object of a catalogue with the role `galaxy` or `agn`
 * (`catalog-roles.ts`): the isophotal radius for large galaxies (RC3's D25, 2MASS' K = 20 isophote), 1 arcsec for the
 * rest. So the tag says "in line with", not "belongs to": a foreground star on the disc of M31 has it as well.
 *
 * Alerts of known solar-system objects do not tag: they pass in front of galaxies. The real filter stops at the name of
 * any object within 30 arcsec; ours asks for 5, so that a supernova does not wait for a passing asteroid. Like the real
 * one it never takes the tag back.
 *
 * @see ANTARES' official filter `Extragalactic`; the paper, section 7
 */
export class Extragalactic extends Filter {
  readonly name = 'extragalactic';
  readonly description = 'Locus lies on a catalogued galaxy, active nucleus or quasar.';
  override readonly surveyNumbers = DETECTIONS;
  override readonly outputTags = [
    {
      name: 'extragalactic',
      description: 'Locus is in line with a galaxy, an active nucleus or a quasar, by chance or in fact.',
    },
  ];

  run(locus: FilterLocus): void {
    if (isExtragalacticMatch(locus.catalogs) && !isSolarSystemObject(locus)) locus.tag('extragalactic');
  }
}
