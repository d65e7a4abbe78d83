import { AlertRowCodec } from './alert-row-codec.ts';
import { LightCurveCodec } from './light-curve-codec.ts';
import { LocusCodec } from './locus-codec.ts';
import { PropertiesCodec } from './properties-codec.ts';
import type { Words } from './words.ts';

/** The codecs that values are written and read with, and the dictionary that they share. */
export interface Codecs {
  readonly words: Words;
  readonly locus: LocusCodec;
  readonly lightCurve: LightCurveCodec;
  readonly alertRow: AlertRowCodec;
}

/** Codecs on one dictionary. */
export function makeCodecs(words: Words): Codecs {
  const properties = new PropertiesCodec(words);
  return {
    words,
    locus: new LocusCodec(words, properties),
    lightCurve: new LightCurveCodec(words),
    alertRow: new AlertRowCodec(words, properties),
  };
}
