import { spawn, spawnSync } from 'node:child_process'
import { capture } from '../../kernel/capture.ts'
import { GatekitError } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import { type Guardian, postGuardian } from '../target/guardian.ts'
import type { Outage } from './types.ts'

export interface OutageSettings {
  /** `control.db`, for messages. */
  name: string
  commands: { down: string; up: string }
  cwd: string
  env: Record<string, string>
  /** Milliseconds that a command may take. */
  limitMs?: number
}

/** Taken away and brought back by commands of the contract. Whatever happens to this process, `up` runs after a `down`. */
export function commandOutage({ name, commands, cwd, env, limitMs = 30_000 }: OutageSettings): Outage {
  let guardian: Guardian | undefined

  const upAtExit = () => {
    guardian?.dismiss()
    spawnSync('sh', ['-c', commands.up], { cwd, env, stdio: 'ignore', timeout: limitMs })
  }
  const watch = () => {
    guardian ??= postGuardian({ script: commands.up, cwd, env })
    process.once('exit', upAtExit)
  }
  const relax = () => {
    guardian?.dismiss()
    guardian = undefined
    process.off('exit', upAtExit)
  }
  const failed = (which: 'down' | 'up', why: string) =>
    new GatekitError(
      {
        title: `${name}.${which} failed: ${why}`,
        remedy: `run \`${commands[which]}\` in the contract's folder yourself`,
      },
      exitCodes.undecided,
    )

  return {
    get isDown() {
      return guardian !== undefined
    },
    async down() {
      if (guardian) return
      watch()
      const why = await perform(commands.down, cwd, env, limitMs)
      if (why === undefined) return
      await perform(commands.up, cwd, env, limitMs)
      relax()
      throw failed('down', why)
    },
    async up() {
      if (!guardian) return
      const why = await perform(commands.up, cwd, env, limitMs)
      relax()
      if (why !== undefined) throw failed('up', why)
    },
  }
}

/**
 * Why a command did not end well, or undefined. What it starts may stay: bringing a data store back means leaving it running, also when
 * it holds on to the pipes.
 */
function perform(
  command: string,
  cwd: string,
  env: Record<string, string>,
  limitMs: number,
): Promise<string | undefined> {
  const child = spawn('sh', ['-c', command], { cwd, env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] })
  const stderr = capture(child.stderr, 16 * 1024, 16 * 1024)
  return new Promise((done) => {
    const end = (why: string | undefined) => {
      clearTimeout(timer)
      child.stderr.destroy()
      child.unref()
      done(why)
    }
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      end(`it was not done in ${limitMs} ms`)
    }, limitMs)
    child.once('error', (error) => end(error.message))
    child.once('exit', (code, signal) => {
      if (code === 0) return end(undefined)
      const words = stderr().text.trim().slice(-200)
      end(`${signal ?? `exit ${code}`}${words && `, ${words}`}`)
    })
  })
}
