import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCode } from '../../../src/stripe/catalogue/codes.ts'
import { parseCalls } from '../../../src/stripe/catalogue/operations.ts'
import { parseDeclarations } from '../../../src/stripe/catalogue/parser.ts'

test('an interface keeps optional members, unions, arrays and comments', () => {
  const scope = parseDeclarations(
    `import { B } from './b.js';
    export interface A extends B {
      /** How many. */
      count?: number | null;
      kind: 'x' | 'y';
      items: Array<A.Item>;
      [key: string]: string;
    }
    export declare namespace A { interface Item { id: string } }`,
    'a.d.ts',
  )

  const declared = scope.types.get('A')
  assert.ok(declared?.kind === 'interface')
  assert.deepEqual(
    declared.members.map(({ name, optional }) => [name, optional]),
    [
      ['count', true],
      ['kind', false],
      ['items', false],
    ],
  )
  assert.match(declared.members[0]!.doc, /How many/)
  assert.equal(declared.members[1]!.type.kind, 'union')
  assert.deepEqual(declared.index, { kind: 'primitive', name: 'string' })
  assert.deepEqual(scope.links.get('B'), { from: './b.js', path: ['B'] })
  assert.ok(scope.scopes.get('A')?.types.has('Item'))
})

test('syntax that Stripe does not use is an error that names the file and the place', () => {
  assert.throws(() => parseDeclarations('export enum A { x }', 'a.d.ts'), /a\.d\.ts: no statement starts with enum/)
  assert.throws(() => parseDeclarations('interface A { b: ', 'a.d.ts'), /a\.d\.ts/)
  assert.throws(() => parseDeclarations('interface A { € }', 'a.d.ts'), /unexpected "€/)
})

test('calls are read with verb, path and options; comments are not calls', () => {
  const calls = parseCalls(`export class Files extends StripeResource {
    /**
     * this._makeRequest('GET', '/v1/no')
     */
    create(params, options) {
        return this._makeRequest('POST', '/v1/files', params, options, {
            headers: { 'Content-Type': 'multipart/form-data' },
            apiBase: 'files',
        });
    }
    retrieve(id, params, options) {
        return this._makeRequest('GET', \`/v1/files/\${encodeURIComponent(id)}\`, params, options);
    }
}`)

  assert.deepEqual(calls, [
    { className: 'Files', method: 'create', verb: 'POST', path: '/v1/files', multipart: true, host: 'files' },
    { className: 'Files', method: 'retrieve', verb: 'GET', path: '/v1/files/{id}' },
  ])
})

test('a code is read to its kind, its parts and its marks', () => {
  const enums = ['a|b']

  assert.deepEqual(parseCode('s500^', enums), {
    kind: 'string',
    maxLength: 500,
    isNullable: true,
    isEmptyable: true,
    isDeprecated: false,
  })
  assert.deepEqual(parseCode('e0+', enums).values, ['a', 'b'])
  assert.equal(parseCode('e0+', enums).isOpen, true)
  assert.deepEqual(parseCode('x@Customer@DeletedCustomer~', enums).types, ['Customer', 'DeletedCustomer'])
  assert.equal(parseCode('[@A|n]!', enums).of?.kind, 'union')
  assert.equal(parseCode('L<@A|@B>', enums).of?.either?.length, 2)
  assert.deepEqual(
    parseCode('@A|n~', enums).either?.map(({ kind }) => kind),
    ['object', 'integer'],
  )
})
