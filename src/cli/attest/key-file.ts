import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** The file that `--key` names: `~/` is the home folder, all else is relative to where the command was typed. */
export const keyFileOf = (key: string, cwd: string): string =>
  key.startsWith('~/') ? join(homedir(), key.slice(2)) : resolve(cwd, key)
