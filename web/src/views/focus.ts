export function focusUnlessPhone(field: HTMLElement | null): void {
  // A phone would open its keyboard over the words.
  if (matchMedia('(pointer: fine)').matches) field?.focus();
}
