// What is not accepted, and which of it the agent told his caller.
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { request } from '../api'

/** ScopeItem is one kind of matter that is not accepted. */
export interface ScopeItem {
  code: string
  title: string
  script: string
  channel: string
}

export const useScope = defineStore('scope', () => {
  const items = shallowRef<ScopeItem[]>([])
  const failed = ref(false)
  const told = ref('') // code noted in the form
  const telling = shallowRef<ScopeItem | null>(null) // clicked just now, for the form to take

  async function load() {
    try {
      const answer = await request<{ settings: { setting: ScopeItem }[] }>('GET', '/api/settings/scope')
      items.value = answer.settings.map((one) => one.setting)
      failed.value = false
    } catch {
      failed.value = true
    }
  }

  /** tell notes in the form that the caller was told the legal channel of a kind of matter. */
  const tell = (item: ScopeItem) => (telling.value = { ...item })

  const titleOf = (code: string) => items.value.find((item) => item.code === code)?.title ?? ''

  return { items, failed, told, telling, load, tell, titleOf }
})
