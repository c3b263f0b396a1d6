import { GatekitError, usageError } from '../kernel/errors.ts'
import { exitCodes } from '../kernel/exit.ts'

export const services = ['stripe', 'notify', 'app', 'dashboard', 'paypal'] as const
export type Service = (typeof services)[number]

/** Consecutive ports from `first` in the order of `services`, whichever of them are started; 0 means free ones. */
export const portOf = (service: Service, first: number): number => (first === 0 ? 0 : first + services.indexOf(service))

/** `stripe,app` as typed after `--only`; an unknown word is a usage error that names the known ones. */
export function parseServices(text: string | undefined): readonly Service[] {
  if (text === undefined) return services
  const words = text.split(',').map((word) => word.trim())
  const unknown = words.find((word) => !services.includes(word as Service))
  if (unknown !== undefined)
    throw usageError(`--only does not know "${unknown}"`, `use some of: ${services.join(', ')}`)
  return services.filter((service) => words.includes(service))
}

/** Starts a server on `port`, with a clear error for the one thing that goes wrong then: the port is taken. */
export async function listen<T>(service: Service, port: number, start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(port)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    const title = `port ${port} for ${service} ${code === 'EADDRINUSE' ? 'is already in use' : 'may not be opened'}`
    const remedy = 'stop what listens there, or choose other ports with --port (0 for free ones)'
    throw new GatekitError({ title, remedy }, exitCodes.usage, { cause: error })
  }
}
