import { type Html, html } from './html.ts'

export interface Input {
  name: string
  label: string
  id?: string
  type?: string
  inputmode?: string
  autocomplete?: string
  placeholder?: string
  value?: string | null | undefined
  readonly?: boolean
  optional?: boolean
  /** Marks this field when it is the one to correct; the message is in the element `problem`. */
  refusal?: { field?: string } | undefined
}

/** A labelled text field. */
export function input({
  autocomplete = 'off',
  id,
  inputmode,
  label,
  name,
  optional = false,
  placeholder,
  readonly = false,
  refusal,
  type = 'text',
  value,
}: Input): Html {
  const wrong = refusal?.field === name
  return html`<label class="field${wrong && ' wrong'}">
              <span>${label}</span>
              <input name="${name}" type="${type}" autocomplete="${autocomplete}" value="${value ?? ''}" maxlength="200"
                ${id && html`id="${id}"`} ${!optional && html`required`}
                ${inputmode && html`inputmode="${inputmode}"`} ${placeholder && html`placeholder="${placeholder}"`}
                ${readonly && html`readonly`} ${wrong && html`aria-invalid="true" aria-describedby="problem" autofocus`}>
            </label>`
}

/** What went wrong, above a form. */
export const alert = (headline: string, refusal: { message: string } | undefined): Html | undefined =>
  refusal && html`<p class="alert" role="alert" id="problem"><strong>${headline}</strong> ${refusal.message}</p>`
