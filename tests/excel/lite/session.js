// One start of Pyodide: readers of cells before pandas is there, then the page's script with pandas.
// Arguments: package folder of pyodide, packages to mount and files to hand over as JSON, folder of pandas' wheels or ''.
const [, , pyodideFolder, mounts, wheels] = process.argv;
const { loadPyodide } = require(pyodideFolder + '/pyodide.js');

(async () => {
  const pyodide = await loadPyodide(wheels ? { packageCacheDir: wheels } : {});
  const files = pyodide.FS;
  for (const [place, folder] of Object.entries(JSON.parse(mounts))) {
    files.mkdirTree(place);
    files.mount(files.filesystems.NODEFS, { root: folder }, place);
  }
  const run = (file) => pyodide.runPython(`exec(open('${file}', encoding='utf-8').read(), globals())`);
  pyodide.runPython("import sys; sys.path[:0] = ['/packages', '/given']");
  run('/given/readers.py');
  const answers = { readers: JSON.parse(pyodide.runPython('json.dumps(answers("/cases"))')) };
  answers.loaded = pyodide.runPython("json.dumps([name for name in ('numpy', 'pandas', 'scipy') if name in sys.modules])");
  if (wheels) {
    await pyodide.loadPackage(['numpy', 'pandas'], { checkIntegrity: true, messageCallback: () => {} });
    run('/given/page.py');
    answers.page = JSON.parse(pyodide.runPython('report()'));
  }
  console.log(JSON.stringify(answers));
})().catch((error) => {
  console.error(String(error.message).slice(-3000));
  process.exit(1);
});
