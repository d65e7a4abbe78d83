import { availableParallelism } from 'node:os';

/** Everything that an operator can set. Defaults are in `DEFAULT_CONFIG`; each field says its environment variable. */
export interface Config {
  /** Folder of the embedded store. `ANTARES_DATA`, `--data`. Default `./antares-data`; in production, a disk of its own. */
  readonly data: string;
  readonly pipeline: {
    /** Worker threads. Default: as many as processors, 8 at most: one that waits for the disk computes its next batch. `ANTARES_PIPELINE__WORKERS` */
    readonly workers: number;
    /** Most packets of a commit. Higher: fewer commits, more repeated work after a crash. `ANTARES_PIPELINE__COMMIT_EVERY_PACKETS` */
    readonly commitEveryPackets: number;
    /** Most bytes of packets of a commit. `ANTARES_PIPELINE__COMMIT_EVERY_BYTES` */
    readonly commitEveryBytes: number;
    /** An alert joins the nearest locus within this [arcsec], inclusive. The paper: 1. `ANTARES_PIPELINE__ASSOCIATION_RADIUS_ARCSEC` */
    readonly associationRadiusArcsec: number;
    /**
     * `detection`: each alert of a known solar-system object makes a locus of its own, found by the object's name, as at
     * ANTARES. `object`: they share one. `ANTARES_PIPELINE__SOLAR_SYSTEM_LOCI`
     */
    readonly solarSystemLoci: 'detection' | 'object';
  };
  readonly l1Filters: {
    /** Off: every readable alert runs through the whole pipeline. `ANTARES_L1_FILTERS__ENABLED` */
    readonly enabled: boolean;
    /** Least real-bogus score of a ZTF alert, [0, 1]. `ANTARES_L1_FILTERS__MIN_REAL_BOGUS` */
    readonly minRealBogus: number;
    /** Most bad pixels in a 5 × 5 stamp. `ANTARES_L1_FILTERS__MAX_BAD_PIXELS` */
    readonly maxBadPixels: number;
    /** Largest difference between aperture and PSF magnitude [mag], either sign. `ANTARES_L1_FILTERS__MAX_MAGNITUDE_DIFFERENCE` */
    readonly maxMagnitudeDifference: number;
    /** Widest image [pixel]. `ANTARES_L1_FILTERS__MAX_FWHM_PIXELS` */
    readonly maxFwhmPixels: number;
    /** Largest ratio of axes. `ANTARES_L1_FILTERS__MAX_ELONGATION` */
    readonly maxElongation: number;
  };
  /** Built-in L2 filters that run, in this order. `ANTARES_FILTERS`, comma separated. Empty: the registry's default set. */
  readonly filters: readonly string[];
  /**
   * Streams by name, each with the tags that it wants: `{"galaxies": "extragalactic & !sso_candidates"}`. In a file the
   * list replaces the default, which is a stream for each tag that singles out some loci.
   */
  readonly streams: Readonly<Record<string, string>>;
  /** Folder of LSST schemas (`<major>/<minor>/*.avsc`), for wire messages; empty for none. `ANTARES_SCHEMAS__FOLDER` */
  readonly schemas: {
    readonly folder: string /** Schema registry, a path prefix allowed. `ANTARES_SCHEMAS__REGISTRY_URL` */;
    readonly registryUrl: string;
  };
  readonly http: {
    /** 0 picks a free one. `ANTARES_HTTP__PORT` */
    readonly port: number;
    /** Loopback unless said otherwise. `ANTARES_HTTP__HOST` */
    readonly host: string;
    /**
     * Address under which users reach it, where it is not the one they ask for: `https://antares.example.org`. Empty: as
     * each request says. `ANTARES_HTTP__PUBLIC_URL`
     */
    readonly publicUrl: string;
    /** Addresses or networks of proxies whose `X-Forwarded-*` are believed. `ANTARES_HTTP__TRUSTED_PROXIES`, comma separated. */
    readonly trustedProxies: readonly string[];
    /** Largest body of a request [bytes]. `ANTARES_HTTP__MAX_BODY_BYTES` */
    readonly maxBodyBytes: number;
    /** Multiplies all rate limits: 0.1 for a small machine in the open, 10 for a closed network. `ANTARES_HTTP__RATE_LIMIT_FACTOR` */
    readonly rateLimitFactor: number;
    /** `open`: anybody may make an account of the role `ordinary`. `closed`: an admin makes them. `ANTARES_HTTP__REGISTRATION` */
    readonly registration: 'open' | 'closed';
  };
  /**
   * What `/v1/client/config/streaming/default` tells the 1.x client about our Kafka streams: its librdkafka options.
   * Empty servers: there are none, and the answer says so.
   */
  readonly clientStreaming: {
    /** `host:port`, comma separated. `ANTARES_CLIENT_STREAMING__BOOTSTRAP_SERVERS` */
    readonly bootstrapServers: string;
    /** `ANTARES_CLIENT_STREAMING__SECURITY_PROTOCOL` */
    readonly securityProtocol: 'SASL_SSL' | 'SASL_PLAINTEXT';
    /** Path of the CA file on the user's machine; empty for the one in her client. `ANTARES_CLIENT_STREAMING__CA_LOCATION` */
    readonly caLocation: string;
  };
}

/** The defaults: a laptop, one folder, loopback. */
export const DEFAULT_CONFIG: Config = {
  data: './antares-data',
  pipeline: {
    workers: Math.min(8, availableParallelism()),
    commitEveryPackets: 100,
    commitEveryBytes: 32 * 1024 * 1024,
    associationRadiusArcsec: 1,
    solarSystemLoci: 'detection',
  },
  l1Filters: {
    enabled: true,
    minRealBogus: 0.55,
    maxBadPixels: 0,
    maxMagnitudeDifference: 1,
    maxFwhmPixels: 5,
    maxElongation: 1.2,
  },
  filters: [],
  streams: Object.fromEntries(
    [
      'extragalactic',
      'high_amplitude_transient_candidate',
      'high_amplitude_variable_star_candidate',
      'high_snr',
      'in_m31',
      'nuclear_transient',
      'sso_candidates',
      'sso_confirmed',
      'young_extragalactic_candidate',
    ].map((tag) => [tag, tag]),
  ),
  schemas: { folder: '', registryUrl: '' },
  http: {
    port: 8080,
    host: '127.0.0.1',
    publicUrl: '',
    trustedProxies: [],
    maxBodyBytes: 1024 * 1024,
    rateLimitFactor: 1,
    registration: 'closed',
  },
  clientStreaming: { bootstrapServers: '', securityProtocol: 'SASL_SSL', caLocation: '' },
};
