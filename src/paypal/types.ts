/** One request to PayPal's API. */
export interface PayPalCall {
  method: string
  /** Without the query. */
  path: string
  /** The body as JSON where it is; its text where it is not. */
  params: unknown
  body: string
  /** `PayPal-Request-Id`. */
  idempotencyKey?: string
}

/** The headers of one PayPal delivery. */
export interface PayPalTransmission {
  'paypal-auth-algo': string
  'paypal-cert-url': string
  'paypal-transmission-id': string
  'paypal-transmission-sig': string
  'paypal-transmission-time': string
}

export type PayPalKind = 'order' | 'capture' | 'refund' | 'dispute' | 'subscription' | 'sale' | 'webhook-event'

export interface PayPalSigning {
  /** Fresh when absent. */
  transmissionId?: string
  /** ISO 8601 to the second; now when absent. */
  time?: string
  /** Another webhook's id than the configured one, for forgeries. */
  webhookId?: string
  /** The certificate named in the headers; the double's own when absent. */
  certUrl?: string
  /** Signed by the key of the foreign certificate. */
  foreignKey?: boolean
  /** False: `verify-webhook-signature` answers FAILURE for it as for any transmission it never made. True when absent. */
  remember?: boolean
}
