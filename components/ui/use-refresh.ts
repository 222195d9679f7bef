import { useRouter } from 'next/navigation';
import { useCallback } from 'react';
import { isServed } from './reload-when-served';

/** Shows the page as the server has it now. Without a server Next would leave the page for the browser's error page. */
export function useRefresh(): () => void {
  const router = useRouter();
  return useCallback(() => {
    void isServed().then((isThere) => {
      if (isThere) router.refresh();
    });
  }, [router]);
}
