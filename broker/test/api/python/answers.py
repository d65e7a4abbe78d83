"""What the scripts of this folder share: input and output as JSON, and what an exception says."""

import json
import math
import sys


def read_input():
    return json.load(sys.stdin)


def plain(value):
    """A value that JSON can hold; integers that others would round become text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)


def write_output(results):
    print(json.dumps(plain(results)))


def raised(call):
    """Name and first argument of what a call raises; None where it raises nothing."""
    try:
        call()
    except Exception as error:  # noqa: BLE001
        return {"type": type(error).__name__, "argument": plain(error.args[0] if error.args else None)}
    return None


def curve_of(locus):
    frame = locus.lightcurve
    return {
        "columns": list(frame.columns),
        "rows": len(frame),
        "alert_ids": [str(alert_id) for alert_id in frame["alert_id"]],
        "times": [str(time) for time in frame["time"]],
        "mags": [None if mag != mag else float(mag) for mag in frame["ant_mag"]],
        "surveys": sorted({int(survey) for survey in frame["ant_survey"]}),
    }


def alerts_of(alerts):
    return [
        {
            "id": alert.alert_id,
            "mjd": alert.mjd,
            "processed_at": alert.processed_at.isoformat(),
            "events": alert.grav_wave_events,
            "properties": alert.properties,
        }
        for alert in alerts
    ]


def locus_of(locus):
    return {
        "id": locus.locus_id,
        "ra": locus.ra,
        "dec": locus.dec,
        "tags": sorted(locus.tags),
        "catalogs": sorted(locus.catalogs),
        "properties": locus.properties,
        "curve": curve_of(locus),
        "alerts": alerts_of(locus.alerts),
        "catalog_objects": locus.catalog_objects,
        "timeseries": len(locus.timeseries),
        "coordinates": [locus.coordinates.ra.deg, locus.coordinates.dec.deg],
        "devkit": locus.to_devkit(include_catalogs=True, include_grav_wave_events=True),
    }


def thumbnails_of(thumbnails):
    return {
        kind: {**{key: value for key, value in item.items() if key != "blob"}, "blob": item["blob"][:8].hex()}
        for kind, item in thumbnails.items()
    }
