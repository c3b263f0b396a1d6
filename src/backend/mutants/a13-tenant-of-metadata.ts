import { defineMutant } from './define.ts'

export const a13 = defineMutant({
  id: 'A13',
  defect: 'A13',
  summary: 'whose event it is, is taken from its metadata',
  seen: 'flexprice: metadata.tenant_id first, then the path',
  apply({ parts, backend }) {
    parts.tenantOf = (named, event) => {
      const { metadata } = event.data.object as { metadata?: { tenant?: unknown } }
      const told = metadata?.tenant
      return typeof told === 'string' && backend.tenants?.has(told) ? told : named
    }
  },
})
