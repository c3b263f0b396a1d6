import { Chalk, type ChalkInstance } from 'chalk'

/** The terminal: answers go to stdout, everything said on the way to stderr. */
export interface Screen {
  paint: ChalkInstance
  isTty: boolean
  json: boolean
  quiet: boolean
  /** A line of the answer itself (stdout). */
  print(line?: string): void
  /** A remark on the way (stderr); dropped by --quiet and --json. */
  say(line?: string): void
  /** An error (stderr), always shown. */
  complain(line: string): void
  /** The one changing line at the bottom of a terminal; nothing where there is no terminal. */
  progress(text: string | undefined): void
}

export interface ScreenOptions {
  json?: boolean
  quiet?: boolean
  color?: boolean
}

/** Colours and progress only on a terminal that has not asked for none (https://no-color.org). */
export function createScreen(options: ScreenOptions, env: NodeJS.ProcessEnv = process.env): Screen {
  const { json = false, quiet = false } = options
  const inCi = Boolean(env.CI)
  const isTty = Boolean(process.stderr.isTTY) && !inCi && env.TERM !== 'dumb'
  const wantsColor = options.color ?? (env.FORCE_COLOR ? env.FORCE_COLOR !== '0' : undefined)
  const color = wantsColor ?? (!env.NO_COLOR && isTty && Boolean(process.stdout.isTTY))
  let hasProgress = false
  const clear = () => {
    if (hasProgress) process.stderr.write('\r\u001b[2K')
    hasProgress = false
  }
  return {
    paint: new Chalk({ level: color ? 1 : 0 }),
    isTty,
    json,
    quiet,
    print(line = '') {
      clear()
      process.stdout.write(`${line}\n`)
    },
    say(line = '') {
      if (quiet || json) return
      clear()
      process.stderr.write(`${line}\n`)
    },
    complain(line) {
      clear()
      process.stderr.write(`${line}\n`)
    },
    progress(text) {
      if (!isTty || quiet || json) return
      clear()
      if (text === undefined) return
      process.stderr.write(text.slice(0, (process.stderr.columns ?? 80) - 1))
      hasProgress = true
    },
  }
}
