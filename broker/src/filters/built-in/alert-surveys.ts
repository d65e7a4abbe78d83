/** `ant_survey` of a ZTF detection. */
export const ZTF_DETECTION = 1;
/** `ant_survey` of a detection by DECam difference imaging. */
export const DECAT_DETECTION = 3;
/** `ant_survey` of an LSST detection. */
export const LSST_DETECTION = 4;

/** Alerts that show something, of every survey: all but the upper limits. */
export const DETECTIONS: readonly number[] = [ZTF_DETECTION, DECAT_DETECTION, LSST_DETECTION];
