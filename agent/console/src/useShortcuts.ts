import { onBeforeUnmount, onMounted } from 'vue'

/** useShortcuts runs actions on Ctrl+Alt+letter or digit, never while an input method is composing. */
export function useShortcuts(actions: Record<string, () => void>) {
  const press = (event: KeyboardEvent) => {
    if (!event.ctrlKey || !event.altKey || event.isComposing || event.keyCode === 229 || event.repeat) return
    const action = actions[event.code.replace(/^(Key|Digit)/, '')]
    if (!action) return
    event.preventDefault()
    action()
  }
  onMounted(() => window.addEventListener('keydown', press))
  onBeforeUnmount(() => window.removeEventListener('keydown', press))
}
