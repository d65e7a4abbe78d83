"""Every public function of antares-client 2.x, against the server of ANTARES_API_BASE_URL."""

import datetime
import os

from antares_client import search
from astropy import units
from astropy.coordinates import Angle, SkyCoord

from answers import alerts_of, locus_of, raised, read_input, thumbnails_of, write_output

given = read_input()
everything = {"query": {"match_all": {}}}
time = datetime.datetime(2023, 7, 6, 14, 9, 33)


def cone(ra, dec, arcsec):
    center = SkyCoord(ra * units.deg, dec * units.deg)
    return [locus.locus_id for locus in search.cone_search(center, Angle(arcsec * units.arcsec))]


if given.get("only_wrong_base"):
    write_output({"wrong_base": raised(lambda: list(search.search(everything)))})
    raise SystemExit

write_output(
    {
        "base": os.environ["ANTARES_API_BASE_URL"],
        "all": [locus.locus_id for locus, _ in zip(search.search(everything), range(5000))],
        "all_large": [locus.locus_id for locus, _ in zip(search.search(everything, limit=100), range(5000))],
        "random_walk": [locus.locus_id for locus, _ in zip(search.search({}), range(5000))],
        "cone": cone(given["ra"], given["dec"], 1),
        "cones": [cone(position["ra"], position["dec"], 1) for position in given["positions"]],
        "locus": locus_of(search.get_by_id(given["locus_id"])),
        "lsst": locus_of(search.get_by_lsst_dia_object_id(given["dia_object_id"])),
        "matched": locus_of(search.get_by_id(given["matched_locus_id"])),
        "unknown": search.get_by_id("ANT2020aaaaaaaa"),
        "by_ztf": search.get_by_ztf_object_id(given["ztf_object_id"]).locus_id,
        "by_ztf_unknown": search.get_by_ztf_object_id("ZTF00aaaaaaa"),
        "by_dia": search.get_by_lsst_dia_object_id(given["dia_object_id"]).locus_id,
        "by_dia_wrong": raised(lambda: search.get_by_lsst_dia_object_id(12)),
        "by_ss": search.get_by_lsst_ss_object_id(given["ss_object_id"]).locus_id,
        "random_loci": [locus.locus_id for locus in search.get_random_loci(25)],
        "random_locus": search.get_random_locus().locus_id,
        "random_ids": search.get_random_locus_ids(25),
        "random_id": search.get_random_locus_id(),
        "tags": search.get_available_tags(),
        "samples": {name: len(rows) for name, rows in search.get_catalog_samples(3).items()},
        "catalog_search": search.catalog_search(given["matched_ra"], given["matched_dec"]),
        "catalog_search_nothing": search.catalog_search(1e-05, -89.999),
        "thumbnails": thumbnails_of(search.get_thumbnails(given["alert_id"])),
        "thumbnails_unknown": search.get_thumbnails("ztf_candidate:1"),
        "latest_notice": search.get_latest_grav_wave_notice("S230529ay"),
        "notice": search.get_grav_wave_notice("S230529ay", time),
        "notices": search.get_multiple_grav_wave_notices(["S230529ay", "S231027bk"]),
        "locus_alerts": alerts_of(search.get_locus_alerts(given["locus_id"])),
        "locus_alerts_unknown": raised(lambda: search.get_locus_alerts("ANT2020aaaaaaaa")),
        "locus_matches": search.get_locus_catalog_matches(given["matched_locus_id"]),
        "bad_query": raised(lambda: list(search.search({"query": {"no_such_clause": {}}}))),
        "bad_member": raised(lambda: list(search.search({"query": {"match_all": {}}, "size": 3}))),
    }
)
