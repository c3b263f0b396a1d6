import type { Tenant } from './tenants.ts'

/** So many calls in a row without an answer, and the rest of a run is left for the next one. */
export const mostFailures = 5

/** Tenants whose provider did not answer: the next run tries again, and the first answer closes it. Of this process. */
export class Breakers {
  readonly #open = new Set<string>()

  open(tenant: Tenant): void {
    this.#open.add(nameOf(tenant))
  }

  close(tenant: Tenant): void {
    this.#open.delete(nameOf(tenant))
  }

  isOpen(tenant: Tenant): boolean {
    return this.#open.has(nameOf(tenant))
  }
}

const nameOf = ({ tenant, environment }: Tenant): string => `${tenant}/${environment}`
