import { expect, it } from 'vitest';
import { AntaresClient } from '../src/antares-client.ts';
import { query } from '../src/query/query.ts';
import { collect } from './collect.ts';
import { type InProcessServer, sendError, sendJson, startServer } from './in-process-server.ts';
import { describeWithRecordedAnswers, recorded } from './shared-data.ts';

/** The answer inside of a recording, as it came: text, so that no digit is lost on the way. */
function answerOf(name: string): string {
  const text = recorded(name);
  return text.slice(text.indexOf('{', text.indexOf('"response"')), text.lastIndexOf('}'));
}

function startRecorded(): Promise<InProcessServer> {
  return startServer(({ url }, response) => {
    if (url.pathname === '/v1/loci') sendJson(response, answerOf('antares_api_v1_response_0.json'));
    else if (url.pathname === '/v1/loci/ANT2026b78o35eau2gs/alerts')
      sendJson(response, answerOf('antares_api_v1_response_1.json'));
    else sendError(response, 404, 'NOT_FOUND', 'The requested URL was not found.');
  });
}

describeWithRecordedAnswers('recorded answers of ANTARES', () => {
  it('give the locus, its tags and its properties, nested ones too', async () => {
    const { url, requests } = await startRecorded();
    const client = new AntaresClient({ baseUrl: `${url}/v1/` });
    const loci = await collect(client.loci.searchV1(query.ztfObject('ZTF26abeuijw')));
    expect(loci).toHaveLength(1);
    expect(loci[0]).toMatchObject({
      locusId: 'ANT2026b78o35eau2gs',
      ra: 59.725723300000006,
      dec: 23.761943400000007,
      htm16: 67983272436,
      tags: ['lc_feature_extractor', 'refitt_newsources_snrcut'],
      properties: { num_alerts: 3, survey: { ztf: { id: ['ZTF26abeuijw'] } } },
    });
    // The question is the one that was recorded.
    const asked = new URL(JSON.parse(recorded('antares_api_v1_response_0.json')).request_uri).searchParams;
    const sent = requests[0]?.url.searchParams;
    expect(sent?.get('sort')).toBe(asked.get('sort'));
    expect(JSON.parse(sent?.get('elasticsearch_query[locus_listing]') ?? '')).toEqual({
      query: { term: { 'properties.ztf_object_id': 'ZTF26abeuijw' } },
    });
  });

  it('give the alerts in order, 64-bit ids as text', async () => {
    const { url } = await startRecorded();
    const alerts = await new AntaresClient({ baseUrl: url }).loci.alerts('ANT2026b78o35eau2gs');
    expect(alerts.map(({ alertId }) => alertId)).toEqual([
      'ztf_upper_limit:ZTF26abeuijw-3470483630915',
      'ztf_upper_limit:ZTF26abeuijw-3470486060915',
      'ztf_candidate:3470490460915015042',
    ]);
    expect(alerts[2]).toMatchObject({
      mjd: 61224.49046299979,
      survey: 'ztf',
      processedAt: '2026-07-03T13:28:33.479000',
      gravWaveEvents: [],
    });
    expect(alerts[2]?.properties).toMatchObject({
      ztf_candid: '3470490460915015042',
      ztf_objectidps1: '136510597271156352',
      ztf_pid: '3470490460915',
      ztf_magpsf: 15.428149223327637,
      ztf_fid: 2,
    });
  });

  it('tell that there is no such locus', async () => {
    const { url } = await startRecorded();
    const client = new AntaresClient({ baseUrl: url });
    expect(await client.loci.find('ANT2020none')).toBeUndefined();
    await expect(client.loci.get('ANT2020none')).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
});
