import type { ApiContext } from '../api-context.ts';
import { ApiError } from '../api-error.ts';
import { defineRoute, type Route } from '../route.ts';
import { JSON_API, toWire } from './json-api.ts';

/**
 * What the 1.x client asks before it connects to Kafka: its librdkafka options, merged last, so that the server decides.
 *
 * Where no Kafka is configured the answer says so, and not with a 404: the client would take that for an empty answer and
 * fail on it.
 */
export function streamingRoute({ config: { clientStreaming } }: ApiContext): Route {
  return defineRoute({
    method: 'GET',
    url: '/client/config/streaming/default',
    summary: 'Where the streams are: options of librdkafka for the 1.x client',
    access: 'anyone',
    cost: 'cheap',
    handle: ({ baseUrl, url }) => {
      const { bootstrapServers, securityProtocol, caLocation } = clientStreaming;
      if (bootstrapServers === '') {
        throw new ApiError(
          501,
          'STREAMS_NOT_OFFERED',
          `this broker offers no Kafka streams; its streams are read over HTTP: ${baseUrl}/api/streams`,
        );
      }
      return {
        type: JSON_API,
        json: toWire({
          data: {
            type: 'client_config_streaming',
            id: 'default',
            attributes: {
              type: 'kafka',
              options: {
                'bootstrap.servers': bootstrapServers,
                'security.protocol': securityProtocol,
                'sasl.mechanisms': 'PLAIN',
                ...(securityProtocol === 'SASL_SSL' ? { 'ssl.endpoint.identification.algorithm': 'none' } : {}),
                ...(caLocation === '' ? {} : { 'ssl.ca.location': caLocation }),
              },
            },
          },
          links: { self: `${baseUrl}${url}` },
        }),
      };
    },
  });
}
