import type { Secrets } from '../kernel/secrets.ts'

const secretName = /(SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|SIGNING_?KEY|_DSN$)/i

/** Whether the name of a variable says that its value is secret. */
export const isSecretName = (name: string): boolean => secretName.test(name)

/** Registers variables whose names say that they are secret, so that no output shows them whoever prints them. Short and plain words stay. */
export function registerVariables(secrets: Secrets, variables: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value && value.length >= 12 && isSecretName(name) && !isPlain(value)) secrets.add(name, value)
  }
}

/** A path, an address without a password or a single word is a setting, not a secret: hiding it would blank half of a report. */
const isPlain = (value: string): boolean => /^(?:[a-z][a-z-]*|\/.*|https?:\/\/[^@]*)$/.test(value)
