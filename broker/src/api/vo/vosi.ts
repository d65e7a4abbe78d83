import { MAX_RECORDS, MAX_SEARCH_RADIUS } from './vo-limits.ts';
import { escapeXml } from './votable.ts';

/** Where a validator finds the schemas: most carry that of VOSI with them, few that of cone searches. */
const SCHEMA_LOCATIONS = ['VOSICapabilities/v1.0', 'VOResource/v1.0', 'VODataService/v1.1', 'ConeSearch/v1.0']
  .map((schema) => `http://www.ivoa.net/xml/${schema} http://www.ivoa.net/xml/${schema}`)
  .join(' ');

/** Says that the service is up: whoever reads this reached it. @see VOSI 1.1, section 5 */
export function availabilityDocument(): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<vosi:availability xmlns:vosi="http://www.ivoa.net/xml/VOSIAvailability/v1.0">
<vosi:available>true</vosi:available>
</vosi:availability>
`;
}

/**
 * What the service can do and where.
 *
 * @param baseUrl  where the caller sees this server, without a slash at the end
 * @see VOSI 1.1, section 3; Simple Cone Search 1.03, section 3
 */
export function capabilitiesDocument(baseUrl: string): string {
  const base = escapeXml(baseUrl);
  return `<?xml version="1.0" encoding="UTF-8"?>
<vosi:capabilities xmlns:vosi="http://www.ivoa.net/xml/VOSICapabilities/v1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:vr="http://www.ivoa.net/xml/VOResource/v1.0" xmlns:vs="http://www.ivoa.net/xml/VODataService/v1.1" xmlns:cs="http://www.ivoa.net/xml/ConeSearch/v1.0" xsi:schemaLocation="${SCHEMA_LOCATIONS}">
<capability standardID="ivo://ivoa.net/std/VOSI#capabilities">
<interface xsi:type="vs:ParamHTTP" role="std"><accessURL use="full">${base}/vo/capabilities</accessURL></interface>
</capability>
<capability standardID="ivo://ivoa.net/std/VOSI#availability">
<interface xsi:type="vs:ParamHTTP" role="std"><accessURL use="full">${base}/vo/availability</accessURL></interface>
</capability>
<capability standardID="ivo://ivoa.net/std/ConeSearch" xsi:type="cs:ConeSearch">
<interface xsi:type="vs:ParamHTTP" role="std"><accessURL use="base">${base}/vo/scs?</accessURL><queryType>GET</queryType><resultType>application/x-votable+xml</resultType>
<param std="true" use="required"><name>RA</name><description>Right ascension of the centre, ICRS</description><unit>deg</unit><ucd>pos.eq.ra</ucd><dataType>real</dataType></param>
<param std="true" use="required"><name>DEC</name><description>Declination of the centre, ICRS</description><unit>deg</unit><ucd>pos.eq.dec</ucd><dataType>real</dataType></param>
<param std="true" use="required"><name>SR</name><description>Radius</description><unit>deg</unit><dataType>real</dataType></param>
<param std="true" use="optional"><name>VERB</name><description>1 to 3: few columns to all</description><dataType>integer</dataType></param>
<param std="true" use="optional"><name>MAXREC</name><description>Most loci of the answer</description><dataType>integer</dataType></param>
</interface>
<maxSR>${MAX_SEARCH_RADIUS}</maxSR>
<maxRecords>${MAX_RECORDS}</maxRecords>
<verbosity>true</verbosity>
<testQuery><ra>180</ra><dec>0</dec><sr>0.001</sr></testQuery>
</capability>
</vosi:capabilities>
`;
}
