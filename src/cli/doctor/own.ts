import { constants, existsSync } from 'node:fs'
import { access, readFile, statfs } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import type { Finding } from './finding.ts'

/** What gatekit itself stands on: Node, a place to write, the stripe package it speaks, the configuration. */
export async function findOwn(cwd: string, qa: string): Promise<Finding[]> {
  return [
    {
      name: 'Node.js',
      use: 'runs gatekit',
      found: isNodeNewEnough(process.versions.node) ? process.version : undefined,
      required: true,
      remedy: `this is ${process.version}; install 20.19 or newer`,
    },
    {
      name: 'results folder',
      use: 'results, evidence and the outbox',
      found: await freeSpace(resolve(cwd, qa)),
      required: true,
      remedy: `make ${resolve(cwd, qa)} writable`,
    },
    {
      name: 'Stripe API',
      use: 'the version the sandbox speaks',
      found: await stripeVersion(),
      required: true,
      remedy: 'npm install',
    },
    {
      name: 'gatekit.yaml',
      use: 'your own gates; without it the built-in ones run',
      found: existsSync(join(cwd, 'gatekit.yaml')) ? join(cwd, 'gatekit.yaml') : undefined,
      required: false,
      remedy: 'gatekit init',
    },
  ]
}

/** 20.19, or any newer even or odd major. */
export function isNodeNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 20 || (major === 20 && minor >= 19)
}

async function freeSpace(dir: string): Promise<string | undefined> {
  const nearest = nearestExisting(dir)
  try {
    await access(nearest, constants.W_OK)
    const { bavail, bsize } = await statfs(nearest)
    return `${dir} (${Math.floor((bavail * bsize) / 1e9)} GB free)`
  } catch {
    return undefined
  }
}

function nearestExisting(dir: string): string {
  return existsSync(dir) || dirname(dir) === dir ? dir : nearestExisting(dirname(dir))
}

async function stripeVersion(): Promise<string | undefined> {
  try {
    const entry = createRequire(import.meta.url).resolve('stripe')
    const root = entry.slice(
      0,
      entry.lastIndexOf(join('node_modules', 'stripe')) + join('node_modules', 'stripe').length,
    )
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    const api = /ApiVersion = '([^']+)'/.exec(await readFile(join(root, 'esm', 'apiVersion.js'), 'utf8'))?.[1]
    return `${api} (stripe ${version})`
  } catch {
    return undefined
  }
}
