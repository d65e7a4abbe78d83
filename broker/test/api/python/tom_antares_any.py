"""What TOM Toolkit's module for ANTARES does with our answers: forms, queries, targets and photometry."""

import importlib.util

import django
from django.conf import settings

# Applications that only some versions of TOM Toolkit have.
further = ["allauth", "allauth.account", "allauth.mfa", "allauth.usersessions", "allauth.socialaccount", "tom_alerts"]


def is_there(app):
    return importlib.util.find_spec(app.split(".")[0]) is not None



settings.configure(
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.sites",
        *filter(is_there, further),
        "guardian",
        "django_comments",
        "crispy_forms",
        "tom_common",
        "tom_targets",
        "tom_observations",
        "tom_dataproducts",
        "tom_dataservices",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    MIDDLEWARE=["allauth.account.middleware.AccountMiddleware"],
    SITE_ID=1,
    USE_TZ=True,
    TARGET_TYPE="SIDEREAL",
)
django.setup()

from astropy.time import Time  # noqa: E402
from tom_antares import antares  # noqa: E402

from answers import read_input, write_output  # noqa: E402

given = read_input()
form = {"max_alerts": 15}
queries = {
    "nothing": {},
    "tag": {"tag": [given["tag"]]},
    "observations": {"nobs__gt": 2, "nobs__lt": 10},
    "brightness": {"mag__min": 15.0, "mag__max": 18.0},
    "box": {"ra": given["ra"], "dec": given["dec"], "sr": 0.5},
    "time": {"mjd__gt": 60000.0, "mjd__lt": 60400.0},
    "object": {"ztfid": given["ztf_object_id"]},
    "locus": {"antid": given["locus_id"]},
    "own": {"esquery": {"query": {"bool": {"filter": []}}}},
    "unknown": {"antid": "ANT2020aaaaaaaa"},
}
results = {"choices": [list(choice) for choice in antares.get_tag_choices()]}

if hasattr(antares, "ANTARESBroker"):
    broker = antares.ANTARESBroker()

    def broker_ids(query):
        # Loci that only LSST has seen have no name at ZTF, which this module takes for granted.
        return [alert["locus_id"] for alert in broker.fetch_alerts({**form, **query})]

    results["broker"] = {name: broker_ids(query) for name, query in queries.items()}
    [alert] = list(broker.fetch_alerts({**form, **queries["object"]}))
    generic = broker.to_generic_alert(alert)
    results["generic"] = {"id": generic.id, "name": generic.name, "mag": generic.mag, "score": generic.score}
    results["fetch_alert"] = broker.fetch_alert(given["ztf_object_id"]).locus_id
    results["fetch_locus"] = broker.fetch_locus(given["locus_id"]).locus_id

service = antares.AntaresDataService()


def targets_of(query):
    return service.query_targets(service.build_query_parameters({**form, **query}))


if hasattr(service, "serialize_locus"):
    results["service"] = {name: [target["name"] for target in targets_of(query)] for name, query in queries.items()}
    [target] = targets_of(queries["object"])
    results["target"] = {
        **{key: target[key] for key in ("name", "ra", "dec", "mag", "tags", "aliases")},
        "photometry": target["reduced_datums"]["photometry"],
        "mjds": list(Time([row["time"] for row in target["reduced_datums"]["photometry"]], format="iso", scale="utc").mjd),
    }
write_output(results)
