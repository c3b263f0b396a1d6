import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'

/*
 * Envoy itself is neither in npm nor in Debian, so it is not run here. What the page says is held against the fields that Envoy's v3
 * reference documents (envoyproxy.io/docs/envoy/latest/api-v3), no other field allowed, and against what it must do to our keys.
 */
const duration = z.string().regex(/^\d+(\.\d{1,9})?s$/)
const address = z.strictObject({
  socket_address: z.strictObject({ address: z.literal('127.0.0.1'), port_value: z.int().min(1).max(65_535) }),
})
const typed = <const Type extends string, Fields extends z.ZodRawShape>(type: Type, fields: Fields) =>
  z.strictObject({ '@type': z.literal(`type.googleapis.com/${type}`), ...fields })

const hashPolicy = z.strictObject({
  header: z.strictObject({
    header_name: z.string(),
    regex_rewrite: z.strictObject({ pattern: z.strictObject({ regex: z.string() }), substitution: z.string() }),
  }),
})

const route = z.strictObject({
  match: z.strictObject({ prefix: z.string() }),
  route: z.strictObject({ cluster: z.string(), timeout: duration, hash_policy: z.array(hashPolicy).min(1) }),
})

const manager = typed('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
  stat_prefix: z.string().min(1),
  http_filters: z.tuple([
    z.strictObject({
      name: z.literal('envoy.filters.http.router'),
      typed_config: typed('envoy.extensions.filters.http.router.v3.Router', {}),
    }),
  ]),
  route_config: z.strictObject({
    virtual_hosts: z
      .array(z.strictObject({ name: z.string(), domains: z.array(z.string()).min(1), routes: z.array(route).min(1) }))
      .min(1),
  }),
})

const listener = z.strictObject({
  address,
  filter_chains: z.tuple([
    z.strictObject({
      filters: z.tuple([
        z.strictObject({
          name: z.literal('envoy.filters.network.http_connection_manager'),
          typed_config: manager,
        }),
      ]),
    }),
  ]),
})

const cluster = z.strictObject({
  name: z.string(),
  type: z.enum(['STATIC', 'STRICT_DNS', 'LOGICAL_DNS', 'EDS', 'ORIGINAL_DST']),
  connect_timeout: duration,
  lb_policy: z.enum(['ROUND_ROBIN', 'LEAST_REQUEST', 'RING_HASH', 'RANDOM', 'MAGLEV', 'CLUSTER_PROVIDED']),
  common_lb_config: z.strictObject({ healthy_panic_threshold: z.strictObject({ value: z.number().min(0).max(100) }) }),
  load_assignment: z.strictObject({
    cluster_name: z.string(),
    endpoints: z
      .array(
        z.strictObject({ lb_endpoints: z.array(z.strictObject({ endpoint: z.strictObject({ address }) })).min(1) }),
      )
      .min(1),
  }),
})

const bootstrap = z.strictObject({
  static_resources: z.strictObject({ listeners: z.array(listener).min(1), clusters: z.array(cluster).min(1) }),
})

const page = readFileSync('docs/scale.md', 'utf8')
const blockOf = (language: string, name: string): string =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))]
    .map(([, text]) => String(text))
    .find((text) => text.startsWith(`# ${name}`)) ?? ''

const config = () => bootstrap.parse(parse(blockOf('yaml', 'envoy.yaml')))

test('the Envoy configuration on the page has documented fields only, of the documented types', () => {
  assert.doesNotThrow(config)
})

test('it sends to the sandboxes that the nginx configuration sends to, always by the hash', () => {
  const { clusters, listeners } = config().static_resources
  const { routes } = listeners[0]!.filter_chains[0].filters[0].typed_config.route_config.virtual_hosts[0]!
  const ports = clusters[0]!.load_assignment.endpoints.flatMap(({ lb_endpoints }) =>
    lb_endpoints.map(({ endpoint }) => endpoint.address.socket_address.port_value),
  )
  const inNginx = [...blockOf('nginx', 'nginx.conf').matchAll(/server 127\.0\.0\.1:(\d+)/g)].map(([, port]) =>
    Number(port),
  )

  assert.deepEqual(ports, inNginx)
  assert.equal(clusters[0]!.lb_policy, 'RING_HASH')
  assert.deepEqual(
    routes.map(({ match, route }) => [match.prefix, route.cluster]),
    [['/', clusters[0]!.name]],
  )
})

test('all keys of one account hash alike, keys of two accounts do not', () => {
  const { listeners } = config().static_resources
  const { routes } = listeners[0]!.filter_chains[0].filters[0].typed_config.route_config.virtual_hosts[0]!
  const { header_name, regex_rewrite } = routes[0]!.route.hash_policy[0]!.header
  const hashed = (value: string): string =>
    value.replace(new RegExp(regex_rewrite.pattern.regex, 'g'), regex_rewrite.substitution)

  assert.equal(header_name, 'authorization')
  const alike = ['sk', 'rk', 'pk'].map((kind) => hashed(`Bearer ${kind}_test_abc`))
  assert.deepEqual(new Set(alike).size, 1)
  assert.notEqual(hashed('Bearer sk_test_abc'), hashed('Bearer sk_test_abd'))
})
