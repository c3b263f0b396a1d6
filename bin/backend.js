#!/usr/bin/env node
// Starts the reference backend as a process of its own: the built program, or in a checkout that was never built the sources through tsx.
import { existsSync } from 'node:fs'

const built = new URL('../dist/backend.js', import.meta.url)
const isBuilt = existsSync(built) && !process.env.GATEKIT_SOURCES
if (!isBuilt) (await import('tsx/esm/api')).register()
const { main } = await import(isBuilt ? built.href : new URL('../src/backend/start.ts', import.meta.url).href)
process.exitCode = await main(process.argv.slice(2), process.env)
