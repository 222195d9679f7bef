const watched = new WeakMap<Element, (isOnScreen: boolean) => void>();
let observer: IntersectionObserver | null = null;

/** Tells whether an element can be seen, at first and whenever it changes. Returns the way to stop. */
export function watchOnScreen(element: Element, tell: (isOnScreen: boolean) => void): () => void {
  observer ??= new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) watched.get(target)?.(isIntersecting);
  });
  watched.set(element, tell);
  observer.observe(element);
  return () => {
    watched.delete(element);
    observer?.unobserve(element);
  };
}
