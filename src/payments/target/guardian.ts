import { spawn } from 'node:child_process'
import { signalGroup } from '../../kernel/process-group.ts'

export interface Guardian {
  /** It is not needed any more. */
  dismiss(): void
}

export interface GuardianSettings {
  /** For `sh -c`; `$1` … are the arguments. */
  script: string
  args?: readonly string[]
  cwd?: string
  env?: Record<string, string>
}

/**
 * Runs a script when this process is gone without having dismissed it: ended, crashed or killed. It waits in a session of its own for
 * the end of a pipe that only this process holds, so neither Ctrl-C nor SIGKILL to this process can prevent it.
 */
export function postGuardian({ script, args = [], cwd, env }: GuardianSettings): Guardian {
  const child = spawn('sh', ['-c', `cat >/dev/null 2>&1\n${script}`, 'gatekit-guardian', ...args], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    ...(cwd && { cwd }),
    ...(env && { env }),
  })
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.unref()
  ;(child.stdin as unknown as { unref?(): void }).unref?.()
  return {
    dismiss() {
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
      child.stdin.destroy()
    },
  }
}
