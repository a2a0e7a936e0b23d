[assembly: AssemblyFixture(typeof(Flywheel.Studio.Tests.BrowserFixture))]
// One studio and one page at a time: on two cores more only make each other late.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly)]
