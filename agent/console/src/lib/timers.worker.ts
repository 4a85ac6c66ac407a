onmessage = (event: MessageEvent<{ id: number; ms: number }>) => {
  setTimeout(() => postMessage(event.data.id), event.data.ms)
}
