"""Every public function of antares-client 1.x, against the server of ANTARES_API_BASE_URL."""

import datetime
from urllib.parse import urljoin

import antares_client
from antares_client import search
from antares_client._api.api import _get_resource
from antares_client._api.schemas import _ClientConfigStreamingSchema
from antares_client.config import config
from astropy import units
from astropy.coordinates import Angle, SkyCoord

from answers import locus_of, raised, read_input, thumbnails_of, write_output

given = read_input()
everything = {"query": {"match_all": {}}}
first = {"query": {"range": {"properties.num_alerts": {"gte": "2"}}}}
time = datetime.datetime(2023, 7, 6, 14, 9, 33)


def with_event():
    locus = search.get_by_id(given["locus_id"])
    locus.grav_wave_events = ["S230706ah"]
    return locus.grav_wave_events_data


results = {
    "base": config["ANTARES_API_BASE_URL"],
    "all": [locus.locus_id for locus in search.search(everything)],
    "some": [locus.locus_id for locus in search.search(first)],
    "cone": [
        locus.locus_id
        for locus in search.cone_search(
            SkyCoord(given["ra"] * units.deg, given["dec"] * units.deg), Angle(5 * units.arcsec)
        )
    ],
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
    "random_too_many": raised(lambda: search.get_random_loci(1001)),
    "tags": search.get_available_tags(),
    "samples": {name: len(rows) for name, rows in search.get_catalog_samples(3).items()},
    "samples_too_many": raised(lambda: search.get_catalog_samples(101)),
    "catalog_search": search.catalog_search(given["matched_ra"], given["matched_dec"]),
    "catalog_search_nothing": search.catalog_search(1e-05, -89.999),
    "thumbnails": thumbnails_of(search.get_thumbnails(given["alert_id"])),
    "thumbnails_unknown": search.get_thumbnails("ztf_candidate:1"),
    "latest_notice": search.get_latest_grav_wave_notices("S230529ay"),
    "notice": search.get_grav_wave_notices("S230529ay", time),
    "notices": list(search.get_multiple_grav_wave_notices(["S230529ay", "S231027bk"])),
    "notices_none": raised(lambda: list(search.get_multiple_grav_wave_notices([]))),
    "events": raised(with_event) or with_event(),
    "bad_query": raised(lambda: list(search.search({"query": {"no_such_clause": {}}}))),
    "bad_member": raised(lambda: list(search.search({"query": {"match_all": {}}, "size": 3}))),
    "streaming": _get_resource(
        urljoin(config["ANTARES_API_BASE_URL"], "client/config/streaming/default"), _ClientConfigStreamingSchema
    ),
}
config["ANTARES_API_BASE_URL"] = given["other_base"]
results["other_base"] = raised(lambda: list(search.search(everything)))
write_output(results)
