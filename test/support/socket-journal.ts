import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface SocketJournal {
  /** Variables of the program that is watched; its children inherit them. */
  env: Record<string, string>
  /** Hosts that it spoke to, each once. */
  hosts(): string[]
}

/** Watches whom a Node program and its children speak to; the journal is a file in `dir`. */
export function createSocketJournal(dir: string): SocketJournal {
  const file = join(dir, 'sockets.txt')
  writeFileSync(file, '')
  const preload = fileURLToPath(new URL('socket-journal.mjs', import.meta.url))
  return {
    env: { SOCKET_JOURNAL: file, NODE_OPTIONS: `--import=${preload}` },
    hosts: () => [...new Set(readFileSync(file, 'utf8').split('\n').filter(Boolean))].sort(),
  }
}
