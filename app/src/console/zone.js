// Says in a cookie which time zone this browser is in: pages show times in it unless their address names another one.
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const said = `podium_zone=${zone}`;
  if (!zone || document.cookie.split("; ").includes(said)) return;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${said}; path=/console; max-age=31536000; samesite=lax${secure}`;
})();
