//! Leaves out what wasm-bindgen exports for nobody: the streaming bodies of `server_fn`, which no page of Podium uses.
//! An export keeps all that it calls alive, and the function table what it may call one day: together several kilobytes
//! of the first route in brotli.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use wasm_encoder::{CodeSection, ExportSection, Function, Instruction, Module, RawSection};
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// What the unused exports begin with in the WASM.
const UNUSED_EXPORTS: [&str; 2] = ["intounderlying", "__wbg_intounderlying"];

/// What the classes are called in JavaScript that stand for them.
const UNUSED_CLASSES: &str = "IntoUnderlying";

/// What is in the names of the functions that only they need, and in no other's.
const UNUSED_FUNCTIONS: [&str; 3] = ["wasm_streams", "IntoUnderlying", "futures_util9abortable"];

/// What wasm-bindgen calls when it reads the WASM, whatever becomes of it.
const DESCRIBES: &str = "describe";

/// Takes the inside out of the functions that only the unused exports need. Their places stay; what they have called is
/// dropped by wasm-bindgen and `wasm-opt`. To be called before wasm-bindgen, while the functions have names.
///
/// # Errors
/// When the file can't be read or written, or is no WASM.
pub fn bodies(path: &Path) -> Result<()> {
    let wasm = fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
    let is_unused =
        |name: &str| UNUSED_FUNCTIONS.iter().any(|unused| name.contains(unused)) && !name.contains(DESCRIBES);
    let trimmed = without_bodies(&wasm, is_unused)?;
    fs::write(path, trimmed).with_context(|| format!("failed to write {}", path.display()))
}

/// The module with functions that do nothing but trap; every other section stays as it is.
fn without_bodies(wasm: &[u8], is_unused: impl Fn(&str) -> bool) -> Result<Vec<u8>> {
    let unused = functions_named(wasm, is_unused)?;
    let mut module = Module::new();
    let mut index = imported_functions(wasm)?;
    let mut code = CodeSection::new();
    let mut left = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.context("the split WASM can't be read")? {
            Payload::CodeSectionStart { count, .. } => left = count,
            Payload::CodeSectionEntry(body) => {
                if unused.contains(&index) {
                    let mut trap = Function::new([]);
                    trap.instruction(&Instruction::Unreachable).instruction(&Instruction::End);
                    code.function(&trap);
                } else {
                    code.raw(body.as_bytes());
                }
                index += 1;
                left -= 1;
                if left == 0 {
                    module.section(&code);
                }
            }
            payload => {
                if let Some((id, range)) = payload.as_section() {
                    let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
                    module.section(&RawSection { id, data: wasm.get(range).unwrap_or_default() });
                }
            }
        }
    }
    Ok(module.finish())
}

/// The functions whose names are such, by their indices.
fn functions_named(wasm: &[u8], is_such: impl Fn(&str) -> bool) -> Result<BTreeSet<u32>> {
    let mut named = BTreeSet::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::CustomSection(section) = payload.context("the split WASM can't be read")? else {
            continue;
        };
        let KnownCustom::Name(subsections) = section.as_known() else { continue };
        for subsection in subsections {
            if let Name::Function(names) = subsection.context("the names can't be read")? {
                for naming in names {
                    let naming = naming.context("a name can't be read")?;
                    if is_such(naming.name) {
                        named.insert(naming.index);
                    }
                }
            }
        }
    }
    Ok(named)
}

/// How many functions are imported; their indices come before those of the module's own.
fn imported_functions(wasm: &[u8]) -> Result<u32> {
    let mut count = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::ImportSection(imports) = payload.context("the split WASM can't be read")? {
            for import in imports.into_imports() {
                let import = import.context("an import can't be read")?;
                count += u32::from(matches!(import.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
            }
        }
    }
    Ok(count)
}

/// Takes the unused exports out of a WASM file. `wasm-opt` then drops what only they have called.
///
/// # Errors
/// When the file can't be read or written, or is no WASM.
pub fn exports(path: &Path) -> Result<()> {
    let wasm = fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
    let trimmed =
        without_exports(&wasm, |name| UNUSED_EXPORTS.iter().any(|unused| name.starts_with(unused)))?;
    fs::write(path, trimmed).with_context(|| format!("failed to write {}", path.display()))
}

/// The module without some exports; every other section stays as it is.
fn without_exports(wasm: &[u8], is_unused: impl Fn(&str) -> bool) -> Result<Vec<u8>> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.context("the bound WASM can't be read")?;
        if let Payload::ExportSection(exports) = payload {
            let mut kept = ExportSection::new();
            for export in exports {
                let export = export.context("an export of the bound WASM can't be read")?;
                if !is_unused(export.name) {
                    kept.export(export.name, export.kind.into(), export.index);
                }
            }
            module.section(&kept);
        } else if let Some((id, range)) = payload.as_section() {
            let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
            module.section(&RawSection { id, data: wasm.get(range).unwrap_or_default() });
        }
    }
    Ok(module.finish())
}

/// The JavaScript without the classes of the unused exports. A shape that is not known stays, and costs its bytes.
pub fn classes(javascript: &str) -> String {
    let mut kept = String::with_capacity(javascript.len());
    // What ends the statement that is being left out.
    let mut skipped_until: Option<fn(&str) -> bool> = None;
    for line in javascript.lines() {
        if let Some(is_end) = skipped_until {
            if is_end(line) {
                skipped_until = None;
            }
            continue;
        }
        let begins =
            |start: &str| line.strip_prefix(start).is_some_and(|rest| rest.starts_with(UNUSED_CLASSES));
        if begins("export class ") {
            skipped_until = Some(|line| line == "}");
        } else if begins("const ") && !line.ends_with(';') {
            skipped_until = Some(|line| line.ends_with(';'));
        } else if !begins("if (Symbol.dispose) ") {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        EntityType, ExportKind, FunctionSection, ImportSection, MemorySection, MemoryType, NameMap,
        NameSection, TypeSection,
    };

    use super::*;

    #[test]
    fn only_the_unused_exports_go() {
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut exports = ExportSection::new();
        exports.export("memory", ExportKind::Memory, 0).export(
            "intounderlyingsource_pull",
            ExportKind::Memory,
            0,
        );
        let mut module = Module::new();
        module.section(&memories).section(&exports);
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), module.finish()).unwrap();

        super::exports(file.path()).unwrap();

        let mut expected = ExportSection::new();
        expected.export("memory", ExportKind::Memory, 0);
        let mut module = Module::new();
        module.section(&memories).section(&expected);
        assert_eq!(fs::read(file.path()).unwrap(), module.finish());
    }

    #[test]
    fn only_the_unused_functions_lose_their_inside() {
        let nops = |count: usize| {
            let mut function = Function::new([]);
            for _ in 0..count {
                function.instruction(&Instruction::Nop);
            }
            function.instruction(&Instruction::End);
            function
        };
        let module_of = |second: &Function| {
            let mut types = TypeSection::new();
            types.ty().function([], []);
            let mut imports = ImportSection::new();
            imports.import("env", "enqueue", EntityType::Function(0));
            let mut functions = FunctionSection::new();
            functions.function(0).function(0).function(0);
            let mut code = CodeSection::new();
            code.function(&nops(1)).function(second).function(&nops(3));
            let mut names = NameMap::new();
            for (index, name) in [
                (0, "wasm_streams_import"),
                (1, "app"),
                (2, "wasm_streams_pull"),
                (3, "wasm_streams_describe"),
            ] {
                names.append(index, name);
            }
            let mut section = NameSection::new();
            section.functions(&names);
            let mut module = Module::new();
            module.section(&types).section(&imports).section(&functions).section(&code).section(&section);
            module.finish()
        };
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), module_of(&nops(2))).unwrap();

        bodies(file.path()).unwrap();

        let mut trap = Function::new([]);
        trap.instruction(&Instruction::Unreachable).instruction(&Instruction::End);
        assert_eq!(fs::read(file.path()).unwrap(), module_of(&trap));
    }

    #[test]
    fn only_the_unused_classes_go() {
        let javascript = "let wasm;\nexport class IntoUnderlyingSink {\n    close() {\n    }\n}\n\
                          if (Symbol.dispose) IntoUnderlyingSink.prototype[Symbol.dispose] = 1;\n\
                          export function hydrate() {\n}\n\
                          const IntoUnderlyingSinkFinalization = (a)\n    ? b\n    : c(ptr => d);\nconst e = 1;\n";
        assert_eq!(classes(javascript), "let wasm;\nexport function hydrate() {\n}\nconst e = 1;\n");
    }
}
