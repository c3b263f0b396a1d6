import { readFileSync } from 'node:fs'
import { packageFile } from '../../kernel/package.ts'
import type { HttpAnswer } from '../http.ts'

/** In the order in which they use each other. */
const parts = [
  'api',
  'fields',
  'style',
  'methods',
  'form',
  'listeners',
  'element',
  'challenge',
  'wallet',
  'express',
  'payment-request',
  'confirm',
  'elements',
  'embedded',
  'checkout',
  'stripe',
]

let joined: string | undefined

/** The parts as one classic script: a page includes it with a plain `<script src>`, and `Stripe` must be there when it has run. */
const body = (): string =>
  (joined ??= parts
    .map((name) => readFileSync(packageFile(`src/stripe/stripe-js/browser/${name}.js`), 'utf8'))
    .map((text) => text.replace(/^import [^']*'[^']+'$/gm, '').replace(/^export /gm, ''))
    .join('\n'))

/** `/v3`, `/v3/`, `/js/stripe.js` and the names of newer releases, `/clover/stripe.js`. */
export const isScriptPath = (path: string): boolean => /^\/(v3\/?|[a-z]{2,20}\/stripe\.js)$/.test(path)

/** The stand-in for Stripe.js, which speaks to `origin`: the address under which the browser got it. */
export const answerScript = (origin: string): HttpAnswer => ({
  status: 200,
  headers: {
    'content-type': 'text/javascript; charset=utf-8',
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  },
  body: `(() => {\n'use strict'\nconst sandboxOrigin = ${JSON.stringify(origin)}\n${body()}\n})()\n`,
})
