const listeners = new WeakMap<Element, (isOnScreen: boolean) => void>();
let observer: IntersectionObserver | null = null;

/** Tells whether an element can be seen, at first and whenever it changes. Returns the way to stop. */
export function observeVisibility(element: Element, onChange: (isOnScreen: boolean) => void): () => void {
  observer ??= new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) listeners.get(target)?.(isIntersecting);
  });
  listeners.set(element, onChange);
  observer.observe(element);
  return () => {
    listeners.delete(element);
    observer?.unobserve(element);
  };
}
